// A job: a piece of work that somebody or a schedule asked for, as the row that decides about it.
import type { JsonObject } from '../shared/json.ts';

export const jobStates = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

export interface JobRef {
  readonly tenantId: string;
  readonly id: string;
}

export interface Job extends JobRef {
  readonly kind: string;
  /** Of the schedule that made it; empty where its kind has no subjects, and where somebody asked for it. */
  readonly subject: string;
  readonly state: JobState;
  readonly requestedBy: string;
  /** Instants as ISO 8601; set for jobs of a schedule only. */
  readonly scheduledFor: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly result: JsonObject | null;
  readonly error: string | null;
  /** How many runs of its workflow ended without ending the job, and the last of them. */
  readonly lostRuns: number;
  readonly lastLostRun: string | null;
}

export function isOpen({ state }: Pick<Job, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}
