// Makes the log's partitions for the months to come.
import { proxyActivities } from '@temporalio/workflow';
import type { PartitionActivities } from '../../activities/partitions/partitions.activities.ts';
import type { JobState } from '../../domain/job/job.ts';
import { carryJob } from '../job/carry-job.ts';
import { partitionsAheadCarrier } from './partitions-ahead.messages.ts';
import type { PartitionsAheadInput } from './partitions-ahead.messages.ts';

export function partitionsAhead(input: PartitionsAheadInput): Promise<JobState> {
  return carryJob({ kind: partitionsAheadCarrier.kind, input, work: () => partitions.makePartitions() });
}

/** Attaching or indexing a partition waits at most two seconds for its lock and is then tried again, so that it never holds up the log. An index of a large month takes its time. */
const partitions = proxyActivities<PartitionActivities>({
  startToCloseTimeout: '2h',
  scheduleToCloseTimeout: '12h',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m' },
});
