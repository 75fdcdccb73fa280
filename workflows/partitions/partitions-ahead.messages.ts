// How the workflow that makes partitions ahead of time is started.
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';

export const partitionsAheadCarrier = { kind: 'partitions_ahead', workflowType: 'partitionsAhead', taskQueue: 'core' } as const satisfies JobCarrier;

export type PartitionsAheadInput = JobInput;
