// Jobs as somebody may see them: those of their tenant, and with the right for it those of the installation.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { Job, JobState } from '../../domain/job/job.ts';
import { installationTenant, jobKinds, rulesOfKind } from '../../domain/job/kinds.ts';
import type { JobKind } from '../../domain/job/kinds.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Asker } from '../../domain/access/may.ts';
import { asking } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Page, PageAsked } from '../list-page.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { maySee } from './ask-for-job.ts';
import { findJob, listJobs } from './jobs.ts';

export interface JobsAsked extends PageAsked {
  readonly state: JobState | null;
  /** Null for all kinds of the tenant; a kind of the installation is asked for by its name. */
  readonly kind: JobKind | null;
}

export async function listVisibleJobs(pool: Pool, principal: Principal, { state, kind, afterId, limit }: JobsAsked): Promise<Page<Job> | Refusal> {
  const asker = await askerNow(pool, principal);
  const deed = kind === null ? 'manage-tenant' : rulesOfKind[kind].deed;
  if (!may({ asker, deed, subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
  const isInstallations = kind !== null && rulesOfKind[kind].belongsTo === 'installation';
  const tenantId = isInstallations ? installationTenant : principal.tenantId;
  const kinds = kind === null ? jobKinds : [kind];
  return inTenant(pool, tenantId, (client) => listJobs(asking(client), { tenantId, state, kinds, afterId, limit }));
}

/** Null when there is none, or none that may be seen. */
export async function readVisibleJob(pool: Pool, principal: Principal, id: string): Promise<Job | null> {
  const asker = await askerNow(pool, principal);
  for (const tenantId of [principal.tenantId, installationTenant]) {
    const job = await inTenant(pool, tenantId, (client) => findJob(asking(client), { tenantId, id }));
    if (job !== null && maySee(job, asker)) return job;
  }
  return null;
}

function askerNow(pool: Pool, principal: Principal): Promise<Asker> {
  return inTenant(pool, principal.tenantId, (client) => readAsker(asking(client), principal));
}
