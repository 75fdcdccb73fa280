// The kinds of jobs: whose they are, who may ask for one, and when one is made by itself.
import type { Scope } from '../access/principal.ts';

export const jobKinds = ['checkpoint', 'partitions_ahead'] as const;
export type JobKind = (typeof jobKinds)[number];

/** Owns what belongs to the installation as a whole. No tenant: no token is good for it. */
export const installationTenant = '_installation';

export interface JobKindRules {
  readonly belongsTo: 'tenant' | 'installation';
  readonly askedBy: Scope;
  /** The schedule a tenant, or the installation, has unless its row says otherwise. */
  defaultCron(tenantId: string): string;
}

export const rulesOfKind: Readonly<Record<JobKind, JobKindRules>> = {
  checkpoint: { belongsTo: 'tenant', askedBy: 'tenant:admin', defaultCron: (tenantId) => `${String(minuteOf(tenantId))} * * * *` },
  partitions_ahead: { belongsTo: 'installation', askedBy: 'admin:*', defaultCron: () => '20 3 * * *' },
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
