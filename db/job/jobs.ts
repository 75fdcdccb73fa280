// The rows of jobs: added, found, listed, and changed only as the domain decides.
import { decideJob } from '../../domain/job/decide-job.ts';
import type { JobCommand } from '../../domain/job/decide-job.ts';
import type { Job, JobRef, JobState } from '../../domain/job/job.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Ask } from '../access/ask.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';

export interface NewJob extends JobRef {
  readonly kind: string;
  readonly requestedBy: string;
  readonly now: string;
}

export async function addJob(ask: Ask, { tenantId, id, kind, requestedBy, now }: NewJob): Promise<Job> {
  const [row] = await ask<JobRow>({
    name: 'add-job',
    text: `INSERT INTO job AS j (tenant_id, id, kind, state, requested_by, created_at) VALUES ($1, $2, $3, 'queued', $4, $5) RETURNING ${columns}`,
    values: [tenantId, id, kind, requestedBy, now],
  });
  if (row === undefined) throw new Error(`job ${id} was not written`);
  return asJob(row);
}

export interface ScheduledJob extends NewJob {
  readonly subject: string;
  readonly scheduledFor: string;
}

/** Of all who come for the same scheduled time, the first makes the job and the others are given it. */
export async function recordScheduledJob(
  ask: Ask,
  { tenantId, id, kind, subject, requestedBy, scheduledFor, now }: ScheduledJob,
): Promise<Job> {
  await ask({
    name: 'add-scheduled-job',
    text: `INSERT INTO job (tenant_id, id, kind, subject, state, requested_by, scheduled_for, created_at) VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7)
      ON CONFLICT (tenant_id, kind, subject, scheduled_for) WHERE scheduled_for IS NOT NULL DO NOTHING`,
    values: [tenantId, id, kind, subject, requestedBy, scheduledFor, now],
  });
  const [row] = await ask<JobRow>({
    name: 'scheduled-job',
    text: `SELECT ${columns} FROM job j WHERE j.tenant_id = $1 AND j.kind = $2 AND j.subject = $3 AND j.scheduled_for = $4`,
    values: [tenantId, kind, subject, scheduledFor],
  });
  if (row === undefined) throw new Error(`the job ${kind} of ${tenantId} for ${scheduledFor} was not written`);
  return asJob(row);
}

/** Of a time that passed without anybody coming for it. False when there is such a job, or one of the same schedule was under way then: that time was skipped. */
export async function recordMissedJob(ask: Ask, { tenantId, id, kind, subject, requestedBy, scheduledFor, now }: ScheduledJob): Promise<boolean> {
  const rows = await ask({
    name: 'add-missed-job',
    text: `INSERT INTO job (tenant_id, id, kind, subject, state, requested_by, scheduled_for, created_at)
      SELECT $1, $2, $3, $4, 'queued', $5, $6::timestamptz, $7
      WHERE NOT EXISTS (SELECT FROM job j WHERE j.tenant_id = $1 AND j.kind = $3 AND j.subject = $4 AND j.scheduled_for IS NOT NULL
        AND (j.finished_at IS NULL OR j.finished_at >= $6::timestamptz))
      ON CONFLICT (tenant_id, kind, subject, scheduled_for) WHERE scheduled_for IS NOT NULL DO NOTHING RETURNING id`,
    values: [tenantId, id, kind, subject, requestedBy, scheduledFor, now],
  });
  return rows.length === 1;
}

export async function findJob(ask: Ask, { tenantId, id }: JobRef): Promise<Job | null> {
  const [row] = await ask<JobRow>({ name: 'find-job', text: `SELECT ${columns} FROM job j WHERE j.tenant_id = $1 AND j.id = $2`, values: [tenantId, id] });
  return row === undefined ? null : asJob(row);
}

export interface ChangedJob {
  readonly job: Job;
  /** False when it was as the command wants it already. */
  readonly changed: boolean;
}

/** The job as it is afterwards; a refusal when it is absent or has ended in another way. */
export async function changeJob(
  ask: Ask,
  { tenantId, id }: JobRef,
  { command, now }: { readonly command: JobCommand; readonly now: string },
): Promise<ChangedJob | Refusal> {
  const [row] = await ask<JobRow>({
    name: 'lock-job',
    text: `SELECT ${columns} FROM job j WHERE j.tenant_id = $1 AND j.id = $2 FOR UPDATE`,
    values: [tenantId, id],
  });
  if (row === undefined) return refuse('NOT_FOUND');
  const job = asJob(row);
  const change = decideJob(job, command, now);
  if (change === null) return { job, changed: false };
  if (isRefusal(change)) return change;
  const { state, startedAt, finishedAt, result, error } = change;
  await ask({
    name: 'change-job',
    text: 'UPDATE job SET state = $3, started_at = $4, finished_at = $5, result = $6::jsonb, error = $7 WHERE tenant_id = $1 AND id = $2',
    values: [tenantId, id, state, startedAt, finishedAt, result === null ? null : JSON.stringify(result), error],
  });
  return { job: { ...job, ...change }, changed: true };
}

/** Counted once, however many see the run ended; false when the job has ended meanwhile. */
export async function countLostRun(ask: Ask, { tenantId, id }: JobRef, runId: string): Promise<boolean> {
  const rows = await ask({
    name: 'count-lost-run',
    text: `UPDATE job SET lost_runs = lost_runs + CASE WHEN last_lost_run IS DISTINCT FROM $3 THEN 1 ELSE 0 END, last_lost_run = $3
      WHERE tenant_id = $1 AND id = $2 AND state IN ('queued', 'running') RETURNING id`,
    values: [tenantId, id, runId],
  });
  return rows.length === 1;
}

export interface JobPage extends PageAsked {
  readonly tenantId: string;
  readonly state: JobState | null;
  readonly kinds: readonly string[];
}

/** The newest first: ids are ordered by the time of their making. */
export async function listJobs(ask: Ask, { tenantId, state, kinds, afterId, limit }: JobPage): Promise<Page<Job>> {
  const rows = await ask<JobRow>({
    name: 'list-jobs',
    text: `SELECT ${columns} FROM job j
      WHERE j.tenant_id = $1 AND ($2::text IS NULL OR j.state = $2) AND j.kind = ANY ($3) AND ($4 = '' OR j.id < $4)
      ORDER BY j.id DESC LIMIT $5`,
    values: [tenantId, state, kinds, afterId, limit + 1],
  });
  return pageOf(rows.map(asJob), { limit });
}

export async function countOpenJobs(ask: Ask, { tenantId, kind }: Pick<Job, 'tenantId' | 'kind'>): Promise<number> {
  const [row] = await ask<{ open: string }>({
    name: 'count-open-jobs',
    text: `SELECT count(*) AS open FROM job j WHERE j.tenant_id = $1 AND j.kind = $2 AND j.state IN ('queued', 'running')`,
    values: [tenantId, kind],
  });
  return Number(row?.open ?? 0);
}

interface JobRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly state: JobState;
  readonly requested_by: string;
  readonly scheduled_for: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly result: JsonObject | null;
  readonly error: string | null;
  readonly lost_runs: number;
  readonly last_lost_run: string | null;
}

const columns = `j.tenant_id, j.id, j.kind, j.subject, j.state, j.requested_by, iso_utc(j.scheduled_for) AS scheduled_for, iso_utc(j.created_at) AS created_at,
  iso_utc(j.started_at) AS started_at, iso_utc(j.finished_at) AS finished_at, j.result, j.error, j.lost_runs, j.last_lost_run`;

function asJob(row: JobRow): Job {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    state: row.state,
    requestedBy: row.requested_by,
    scheduledFor: row.scheduled_for,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    result: row.result,
    error: row.error,
    lostRuns: row.lost_runs,
    lastLostRun: row.last_lost_run,
  };
}
