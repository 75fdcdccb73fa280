// Signs the head of one tenant's log.
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { CheckpointActivities } from '../../activities/evidence/checkpoint.activities.ts';
import type { JobState } from '../../domain/job/job.ts';
import { carryJob } from '../job/carry-job.ts';
import { checkpointCarrier } from './checkpoint.messages.ts';
import type { CheckpointInput } from './checkpoint.messages.ts';

export function checkpoint(input: CheckpointInput): Promise<JobState> {
  return carryJob({ kind: checkpointCarrier.kind, input, work: ({ tenantId }) => signing.signHead({ tenantId }) });
}

/** A first checkpoint reads every leaf of the log; what it has read is kept in rows, so an attempt that ends loses little. */
const signing = proxyActivities<CheckpointActivities>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: '10s',
  scheduleToCloseTimeout: '6h',
  // A signature that is still made does no harm, and nobody should wait for it.
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});
