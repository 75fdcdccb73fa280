// What a job's workflow is called and is given: known to whoever starts one and to the workflow itself.
import type { JobKind } from './kinds.ts';

export interface JobCarrier {
  readonly kind: JobKind;
  readonly workflowType: string;
  readonly taskQueue: string;
}

export interface JobInput {
  readonly tenantId: string;
  /** Null when a schedule starts the workflow: its first step then makes the row. */
  readonly jobId: string | null;
  /** What the schedule is about, where its kind has several; a job's row knows it, too. */
  readonly subject?: string;
}
