// How the workflow of a hold is started, and what it can be told.
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';

export const legalHoldCarrier = { kind: 'legal_hold', workflowType: 'legalHold', taskQueue: 'core' } as const satisfies JobCarrier;

/** The job of a hold has the hold's id. */
export type LegalHoldInput = JobInput;

/** Its row has changed: look now instead of at the next time. */
export const holdChangedSignal = 'holdChanged';
