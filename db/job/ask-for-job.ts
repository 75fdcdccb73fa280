// Somebody asks for a job, or cancels one: its row and the entry that tells of it, in one transaction.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { Job } from '../../domain/job/job.ts';
import { installationTenant, isAskable, isJobKind, ownerOf, rulesOfKind } from '../../domain/job/kinds.ts';
import type { JobKind } from '../../domain/job/kinds.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Effects } from '../effect.ts';
import { addJob, changeJob, countOpenJobs, findJob } from './jobs.ts';

export interface JobWorld {
  readonly effects: Effects;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface JobAsker {
  readonly principal: Principal;
  readonly requestId: string;
}

/** Of one kind and one owner; beyond it the work waits for what is open already. */
const mostOpen = 20;

export function askForJob({ effects, clock, ids }: JobWorld, asker: JobAsker, kind: JobKind): Promise<Job | Refusal> {
  const { principal } = asker;
  const { tenantId, userId } = principal;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    const rights = await readAsker(ask, principal);
    if (!may({ asker: rights, deed: rulesOfKind[kind].deed, subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    const owner = ownerOf(kind, tenantId);
    const nowMs = clock.nowMs();
    const job = await actingAs(ask, { owner, tenantId }, async () => {
      if ((await countOpenJobs(ask, { tenantId: owner, kind })) >= mostOpen) {
        return refuse('TOO_BUSY', { message: `${String(mostOpen)} jobs of this kind are open already.`, retryAfterSeconds: 30 });
      }
      const requestedBy = owner === tenantId ? userId : `${tenantId}/${userId}`;
      return addJob(ask, { tenantId: owner, id: ids.next(), kind, requestedBy, now: formatInstant(nowMs * 1000) });
    });
    if (isRefusal(job)) return job;
    return { result: job, entries: [jobEntry({ what: 'start', job, asker, id: ids.next(), nowMs })] };
  });
}

/** Cancelling what is cancelled changes nothing; what has ended otherwise cannot be cancelled. */
export function cancelJob({ effects, clock, ids }: JobWorld, asker: JobAsker, jobId: string): Promise<Job | Refusal> {
  const { principal } = asker;
  const { tenantId } = principal;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    const rights = await readAsker(ask, principal);
    const nowMs = clock.nowMs();
    for (const owner of [tenantId, installationTenant]) {
      const done = await actingAs(ask, { owner, tenantId }, async () => {
        const ref = { tenantId: owner, id: jobId };
        const job = await findJob(ask, ref);
        if (job === null || !maySee(job, rights)) return null;
        if (!isAskable(job.kind)) return refuse('CONFLICT', { message: 'This job ends with what it carries.' });
        return changeJob(ask, ref, { command: { kind: 'cancel' }, now: formatInstant(nowMs * 1000) });
      });
      if (done === null) continue;
      if (isRefusal(done)) return done;
      const { job, changed } = done;
      return { result: job, entries: changed ? [jobEntry({ what: 'cancel', job, asker, id: ids.next(), nowMs })] : [] };
    }
    return refuse('NOT_FOUND');
  });
}

export function maySee({ kind }: Pick<Job, 'kind'>, asker: Awaited<ReturnType<typeof readAsker>>): boolean {
  return isJobKind(kind) && may({ asker, deed: rulesOfKind[kind].deed, subject: { kind: 'tenant' } });
}

/** The rows of the installation belong to no tenant: for their statements alone the transaction speaks as the installation. */
async function actingAs<T>(ask: Ask, { owner, tenantId }: { owner: string; tenantId: string }, work: () => Promise<T>): Promise<T> {
  if (owner === tenantId) return work();
  await speakAs(ask, owner);
  const result = await work();
  await speakAs(ask, tenantId);
  return result;
}

async function speakAs(ask: Ask, tenantId: string): Promise<void> {
  await ask({ name: 'speak-as', text: `SELECT set_config('holdfast.tenant', $1, true) AS tenant`, values: [tenantId] });
}

interface JobDeed {
  readonly what: 'start' | 'cancel';
  readonly job: Job;
  readonly asker: JobAsker;
  readonly id: string;
  readonly nowMs: number;
}

function jobEntry({ what, job, asker: { principal, requestId }, id, nowMs }: JobDeed): EntryFacts {
  return ownEntry({
    id,
    nowMs,
    ownAction: `${what}_job`,
    actor: principal,
    requestId,
    resourceType: 'job',
    resourceId: job.id,
    resourceName: job.kind,
    details: { kind: job.kind, state: job.state },
  });
}
