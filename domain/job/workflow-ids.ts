// The fixed ids by which a job's workflow and a schedule are found again: they follow from the row alone.
import type { Job } from './job.ts';

export interface JobSchedule {
  readonly tenantId: string;
  readonly kind: string;
  /** What it is about, where a tenant has several of one kind (the id of a policy); empty where it has one. */
  readonly subject: string;
  readonly cron: string;
  readonly paused: boolean;
}

export type ScheduleKey = Pick<JobSchedule, 'tenantId' | 'kind' | 'subject'>;

export function jobWorkflowId({ kind, tenantId, id, scheduledFor, subject = '' }: Pick<Job, 'kind' | 'tenantId' | 'id' | 'scheduledFor'> & Partial<Pick<Job, 'subject'>>): string {
  return scheduledFor === null ? `${kind}:${tenantId}:${id}` : `${scheduledWorkflowId({ kind, tenantId, subject })}-${scheduledFor}`;
}

/** To it Temporal appends a hyphen and the scheduled time. */
export function scheduledWorkflowId(key: ScheduleKey): string {
  return `${nameOf(key)}:scheduled`;
}

export function scheduleId(key: ScheduleKey): string {
  return `${schedulePrefix}${nameOf(key)}`;
}

/** Schedules under it are ours to correct and to delete. */
export const schedulePrefix = 'holdfast:';

/** Null for an id that is not one of ours. */
export function readScheduleId(id: string): ScheduleKey | null {
  const match = /^holdfast:([a-z_]+):([A-Za-z0-9_-]+)(?::([A-Za-z0-9_-]+))?$/.exec(id);
  const [, kind, tenantId, subject = ''] = match ?? [];
  return kind === undefined || tenantId === undefined ? null : { kind, tenantId, subject };
}

function nameOf({ kind, tenantId, subject }: ScheduleKey): string {
  return `${kind}:${tenantId}${subject === '' ? '' : `:${subject}`}`;
}
