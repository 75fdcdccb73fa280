// The time a schedule had set for this workflow, which is not the time at which it runs.
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { SearchAttributeType, defineSearchAttributeKey } from '@temporalio/common';
import { formatInstant } from '../../domain/shared/instant.ts';

/** In whole seconds, as it stands in the workflow's id. */
export function scheduledTime(): string {
  const time = workflowInfo().typedSearchAttributes.get(key);
  if (time === undefined) throw ApplicationFailure.nonRetryable('without a job only a schedule may start this workflow', 'NotScheduled');
  return formatInstant(Math.floor(time.getTime() / 1000) * 1_000_000);
}

const key = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);
