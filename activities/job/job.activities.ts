// The steps in which a workflow reads and moves the row of its job.
import { asking } from '../../db/access/ask.ts';
import { changeJob, findJob, recordScheduledJob } from '../../db/job/jobs.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { JobCommand } from '../../domain/job/decide-job.ts';
import type { JobState } from '../../domain/job/job.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { failureOf } from '../failure-of.ts';
import type { ActivityWorld } from '../world.ts';

export interface JobOfWorkflow {
  readonly tenantId: string;
  readonly jobId: string;
}

export interface JobActivities {
  /** Answers the id of the one job of this scheduled time. */
  recordScheduledJob(scheduled: { readonly tenantId: string; readonly kind: string; readonly subject?: string; readonly scheduledFor: string }): Promise<string>;
  /** Both answer the state the job is in afterwards, which is another than was wished when somebody else ended the job first. */
  beginJob(job: JobOfWorkflow): Promise<JobState>;
  endJob(ended: JobOfWorkflow & { readonly end: JobCommand }): Promise<JobState>;
}

export function createJobActivities({ pool, clock, ids }: Pick<ActivityWorld, 'pool' | 'clock' | 'ids'>): JobActivities {
  const now = (): string => formatInstant(clock.nowMs() * 1000);

  function move({ tenantId, jobId }: JobOfWorkflow, command: JobCommand): Promise<JobState> {
    return inTenant(pool, tenantId, async (client) => {
      const ref = { tenantId, id: jobId };
      const ask = asking(client);
      const changed = await changeJob(ask, ref, { command, now: now() });
      if (!isRefusal(changed)) return changed.job.state;
      const job = await findJob(ask, ref);
      if (job === null) throw failureOf(changed);
      return job.state;
    });
  }

  return {
    recordScheduledJob: ({ tenantId, kind, subject = '', scheduledFor }) =>
      inTenant(pool, tenantId, async (client) => {
        const job = await recordScheduledJob(asking(client), { tenantId, id: ids.next(), kind, subject, requestedBy: 'schedule', scheduledFor, now: now() });
        return job.id;
      }),
    beginJob: (job) => move(job, { kind: 'begin' }),
    endJob: ({ end, ...job }) => move(job, end),
  };
}
