// What a command does to a job: the new values of its row, nothing, or a refusal.
import type { JsonObject } from '../shared/json.ts';
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import { isOpen } from './job.ts';
import type { Job, JobState } from './job.ts';

export type JobCommand =
  | { readonly kind: 'begin' }
  | { readonly kind: 'complete'; readonly result: JsonObject }
  | { readonly kind: 'fail'; readonly error: string }
  | { readonly kind: 'cancel' };

export interface JobChange {
  readonly state: JobState;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly result: JsonObject | null;
  readonly error: string | null;
}

/** Null when the job already is as the command wants it; so every command may be repeated. A job that has ended never changes again. */
export function decideJob(job: Job, command: JobCommand, now: string): JobChange | Refusal | null {
  const wanted = stateAfter[command.kind];
  if (job.state === wanted) return null;
  if (!isOpen(job)) return refuse('CONFLICT', { message: `The job is ${job.state} already.`, details: { state: job.state } });
  if (command.kind === 'begin') return { state: 'running', startedAt: now, finishedAt: null, result: null, error: null };
  return {
    state: wanted,
    startedAt: job.startedAt,
    finishedAt: now,
    result: command.kind === 'complete' ? command.result : null,
    error: command.kind === 'fail' ? command.error.slice(0, errorLimit) : null,
  };
}

const stateAfter = { begin: 'running', complete: 'completed', fail: 'failed', cancel: 'cancelled' } as const satisfies Record<JobCommand['kind'], JobState>;
const errorLimit = 1_000;
