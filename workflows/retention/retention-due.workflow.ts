// One time of a policy's schedule: plans what is due and starts a run of it, which a workflow of its own carries.
import { proxyActivities } from '@temporalio/workflow';
import type { RetentionDueActivities } from '../../activities/retention/retention-due.activities.ts';
import type { JobState } from '../../domain/job/job.ts';
import { carryJob } from '../job/carry-job.ts';
import { retentionDueCarrier } from './retention-due.messages.ts';
import type { RetentionDueInput } from './retention-due.messages.ts';

export function retentionDue(input: RetentionDueInput): Promise<JobState> {
  return carryJob({ kind: retentionDueCarrier.kind, input, work: async (job) => ({ ...(await starting.startDueRun(job)) }) });
}

/** Looking through a large log takes its time; what was looked through and not yet written is looked through again. */
const starting = proxyActivities<RetentionDueActivities>({
  startToCloseTimeout: '4h',
  scheduleToCloseTimeout: '12h',
  heartbeatTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});
