// How the workflow of a run is started, and what it can be told.
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';

export const retentionRunCarrier = { kind: 'retention_run', workflowType: 'retentionRun', taskQueue: 'core' } as const satisfies JobCarrier;

/** The job of a run has the run's id. */
export type RetentionRunInput = JobInput;

/** Somebody approved, paused, resumed or cancelled: look at the row now. */
export const runChangedSignal = 'runChanged';
