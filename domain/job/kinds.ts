// The kinds of jobs: whose they are, who may ask for one, and when one is made by itself.
import type { Deed } from '../access/may.ts';

export const jobKinds = ['checkpoint', 'partitions_ahead', 'legal_hold', 'retention_due', 'retention_run', 'audit_export', 'audit_report'] as const;
export type JobKind = (typeof jobKinds)[number];

/** Those that are asked for as such. The others come and go with what they carry, and are neither asked for nor cancelled by themselves. */
export const askableJobKinds = ['checkpoint', 'partitions_ahead'] as const satisfies readonly JobKind[];

/** Owns what belongs to the installation as a whole. No tenant: no token is good for it. */
export const installationTenant = '_installation';

export interface JobKindRules {
  readonly belongsTo: 'tenant' | 'installation';
  /** What somebody must be allowed to do in order to ask for one, see it and cancel it. */
  readonly deed: Deed;
  /** The schedule a tenant, or the installation, has unless its row says otherwise; null for what no schedule starts. */
  readonly defaultCron: ((tenantId: string) => string) | null;
}

export const rulesOfKind: Readonly<Record<JobKind, JobKindRules>> = {
  checkpoint: { belongsTo: 'tenant', deed: 'manage-tenant', defaultCron: (tenantId) => `${String(minuteOf(tenantId))} * * * *` },
  partitions_ahead: { belongsTo: 'installation', deed: 'manage-tenants', defaultCron: () => '20 3 * * *' },
  legal_hold: { belongsTo: 'tenant', deed: 'manage-compliance', defaultCron: null },
  retention_due: { belongsTo: 'tenant', deed: 'manage-compliance', defaultCron: null },
  retention_run: { belongsTo: 'tenant', deed: 'manage-compliance', defaultCron: null },
  audit_export: { belongsTo: 'tenant', deed: 'read-audit', defaultCron: null },
  audit_report: { belongsTo: 'tenant', deed: 'read-audit', defaultCron: null },
};

export function isJobKind(text: string): text is JobKind {
  return (jobKinds as readonly string[]).includes(text);
}

export function isAskable(kind: string): boolean {
  return (askableJobKinds as readonly string[]).includes(kind);
}

export function ownerOf(kind: JobKind, tenantId: string): string {
  return rulesOfKind[kind].belongsTo === 'installation' ? installationTenant : tenantId;
}

/** Spreads the tenants over the hour: they must not all ask at the same second. */
function minuteOf(tenantId: string): number {
  // FNV-1a: names that differ in one letter must not end up side by side.
  let hash = 0x811c9dc5;
  for (const character of tenantId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % 60;
}
