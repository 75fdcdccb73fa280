// How the workflow of a summary is started.

export const eventSummaryWorkflowType = 'eventSummary';
export const eventSummaryTaskQueue = 'core';
/** Its calls leave the house: a provider that hangs holds up nothing else. */
export const egressTaskQueue = 'egress';

export interface EventSummaryInput {
  readonly tenantId: string;
  readonly summaryId: string;
}

export interface EventSummaryResult {
  readonly outcome: 'answered' | 'over' | 'given up';
}

/** The same question is asked by one workflow, however many readers wait for it. */
export function eventSummaryWorkflowId({ tenantId, summaryId }: EventSummaryInput): string {
  return `summary:${tenantId}:${summaryId}`;
}
