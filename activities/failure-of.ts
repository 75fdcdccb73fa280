// A refusal in the words of Temporal: trying again would be refused again.
import { ApplicationFailure } from '@temporalio/common';
import type { Refusal } from '../domain/shared/refusal.ts';

export function failureOf({ code, message }: Refusal): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true });
}
