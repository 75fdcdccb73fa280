// Lets the workflows follow the rows of all open jobs: what is not running is started under its fixed id.
import { asking } from '../../db/access/ask.ts';
import { changeJob, countLostRun, findJob } from '../../db/job/jobs.ts';
import { beforeAllJobs, openJobsAfter } from '../../db/job/open-jobs.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { followRow } from '../../domain/job/follow-row.ts';
import type { FollowUp } from '../../domain/job/follow-row.ts';
import { isOpen } from '../../domain/job/job.ts';
import type { Job, JobRef } from '../../domain/job/job.ts';
import { isJobKind } from '../../domain/job/kinds.ts';
import { jobWorkflowId } from '../../domain/job/workflow-ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { inParallel } from './in-parallel.ts';
import type { ReconcilerWorld, RoundCounts, RoundLimit } from './reconciler-world.ts';
import { isTemporalAway } from './temporal-door.ts';

const pageJobs = 100;
const atOnce = 8;
const mostRuns = 3;

/** Answers after which job the next round goes on. */
export async function followJobs(world: ReconcilerWorld, { after, counts, limit }: { after: JobRef; counts: RoundCounts; limit: RoundLimit }): Promise<JobRef> {
  for (let at = after; ; ) {
    const page = await openJobsAfter(world.pool, { after: at, limit: pageJobs });
    counts.openJobs += page.length;
    await inParallel(page, { atOnce, work: (job) => follow(world, { job, counts }) });
    const last = page.at(-1);
    if (last === undefined || page.length < pageJobs) return beforeAllJobs;
    at = last;
    if (limit.isOver()) return at;
  }
}

interface Followed {
  readonly job: JobRef;
  readonly counts: RoundCounts;
}

/** One job that cannot be followed must not keep the others waiting; when Temporal is away, they all wait. */
async function follow(world: ReconcilerWorld, { job, counts }: Followed): Promise<void> {
  try {
    await followOne(world, { job, counts });
  } catch (error) {
    if (isTemporalAway(error)) throw error;
    counts.failures += 1;
    world.log.error({ tenant: job.tenantId, job: job.id, err: error }, 'a job could not be followed');
  }
}

async function followOne(world: ReconcilerWorld, { job: ref, counts }: Followed): Promise<void> {
  const job = await inTenant(world.pool, ref.tenantId, (client) => findJob(asking(client), ref));
  if (job === null || !isOpen(job)) return;
  // A newer release may know more kinds than this process: its own worker carries them.
  if (!isJobKind(job.kind)) return;
  const { state, runId } = await world.temporal.see(jobWorkflowId(job));
  const { lostRuns, lastLostRun } = job;
  const followUp = followRow({ workflow: state, runId, lostRuns, lastLostRun, mostRuns });
  await doFollowUp(world, { job, followUp, counts });
}

async function doFollowUp(world: ReconcilerWorld, { job, followUp, counts }: { job: Job; followUp: FollowUp; counts: RoundCounts }): Promise<void> {
  const { pool, clock, log } = world;
  const { tenantId } = job;
  switch (followUp.kind) {
    case 'leave':
      return;
    case 'start':
      await start(world, job);
      counts.started += 1;
      return;
    case 'count and start': {
      const stillOpen = await inTenant(pool, tenantId, (client) => countLostRun(asking(client), job, followUp.runId));
      if (!stillOpen) return;
      log.warn({ tenant: tenantId, job: job.id, run: followUp.runId }, 'a run ended and its job did not: another one is started');
      await start(world, job);
      counts.startedAgain += 1;
      return;
    }
    case 'give up': {
      const now = formatInstant(clock.nowMs() * 1000);
      await inTenant(pool, tenantId, (client) => changeJob(asking(client), job, { command: { kind: 'fail', error: followUp.reason }, now }));
      log.error({ tenant: tenantId, job: job.id, reason: followUp.reason }, 'a job was given up');
      counts.givenUp += 1;
    }
  }
}

async function start({ temporal, carriers }: ReconcilerWorld, job: Job): Promise<void> {
  if (!isJobKind(job.kind)) return;
  await temporal.start({ workflowId: jobWorkflowId(job), carrier: carriers[job.kind], input: { tenantId: job.tenantId, jobId: job.id } });
}
