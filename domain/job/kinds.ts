// The kinds of jobs: whose they are, who may ask for one, and when one is made by itself.
import type { Deed } from '../access/may.ts';

export const jobKinds = ['checkpoint', 'partitions_ahead'] as const;
export type JobKind = (typeof jobKinds)[number];

/** Owns what belongs to the installation as a whole. No tenant: no token is good for it. */
export const installationTenant = '_installation';

export interface JobKindRules {
  readonly belongsTo: 'tenant' | 'installation';
  /** What somebody must be allowed to do in order to ask for one, see it and cancel it. */
  readonly deed: Deed;
  /** The schedule a tenant, or the installation, has unless its row says otherwise. */
  defaultCron(tenantId: string): string;
}

export const rulesOfKind: Readonly<Record<JobKind, JobKindRules>> = {
  checkpoint: { belongsTo: 'tenant', deed: 'manage-tenant', defaultCron: (tenantId) => `${String(minuteOf(tenantId))} * * * *` },
  partitions_ahead: { belongsTo: 'installation', deed: 'manage-tenants', defaultCron: () => '20 3 * * *' },
};

export function isJobKind(text: string): text is JobKind {
  return (jobKinds as readonly string[]).includes(text);
}

export function ownerOf(kind: JobKind, tenantId: string): string {
  return rulesOfKind[kind].belongsTo === 'installation' ? installationTenant : tenantId;
}

/** Spreads the tenants over the hour: they must not all ask at the same second. */
function minuteOf(tenantId: string): number {
  let sum = 0;
  for (const character of tenantId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 6_007;
  return sum % 60;
}
