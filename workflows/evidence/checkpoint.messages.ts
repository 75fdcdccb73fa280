// How the workflow that signs the head of a log is started, and what it answers.
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';

export const checkpointCarrier = { kind: 'checkpoint', workflowType: 'checkpoint', taskQueue: 'core' } as const satisfies JobCarrier;

export type CheckpointInput = JobInput;
