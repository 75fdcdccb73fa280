// The fixed ids by which a job's workflow and a schedule are found again: they follow from the row alone.
import type { Job } from './job.ts';

export interface JobSchedule {
  readonly tenantId: string;
  readonly kind: string;
  readonly cron: string;
  readonly paused: boolean;
}

export function jobWorkflowId({ kind, tenantId, id, scheduledFor }: Pick<Job, 'kind' | 'tenantId' | 'id' | 'scheduledFor'>): string {
  return scheduledFor === null ? `${kind}:${tenantId}:${id}` : `${scheduledWorkflowId({ kind, tenantId })}-${scheduledFor}`;
}

/** To it Temporal appends a hyphen and the scheduled time. */
export function scheduledWorkflowId({ kind, tenantId }: Pick<JobSchedule, 'kind' | 'tenantId'>): string {
  return `${kind}:${tenantId}:scheduled`;
}

export function scheduleId({ kind, tenantId }: Pick<JobSchedule, 'kind' | 'tenantId'>): string {
  return `${schedulePrefix}${kind}:${tenantId}`;
}

/** Schedules under it are ours to correct and to delete. */
export const schedulePrefix = 'holdfast:';

/** Null for an id that is not one of ours. */
export function readScheduleId(id: string): Pick<JobSchedule, 'kind' | 'tenantId'> | null {
  const match = /^holdfast:([a-z_]+):([A-Za-z0-9_-]+)$/.exec(id);
  const [, kind, tenantId] = match ?? [];
  return kind === undefined || tenantId === undefined ? null : { kind, tenantId };
}
