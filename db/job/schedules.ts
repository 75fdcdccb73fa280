// The rows of schedules: which there are over all tenants, those that every tenant has from the start, and those that come and go with what they are about.
import type { ScheduleRow } from '../../domain/job/missed-fire.ts';
import type { JobSchedule, ScheduleKey } from '../../domain/job/workflow-ids.ts';
import type { Ask } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export async function schedulesAfter(pool: Pool, { after, limit }: { readonly after: ScheduleKey; readonly limit: number }): Promise<ScheduleRow[]> {
  const { rows } = await pool.query<StoredSchedule & { readonly since: string; readonly last_scheduled_for: string | null }>({
    name: 'schedules-after',
    text: `SELECT tenant_id, kind, subject, cron, paused, iso_utc(updated_at) AS since, iso_utc(last_scheduled_for) AS last_scheduled_for
      FROM job_schedules_after($1, $2, $3, $4)`,
    values: [after.tenantId, after.kind, after.subject, limit],
  });
  return rows.map((row) => ({ ...asSchedule(row), since: row.since, lastScheduledFor: row.last_scheduled_for }));
}

/** Null when there is no such row. */
export async function findSchedule(pool: Pool, { tenantId, kind, subject }: ScheduleKey): Promise<JobSchedule | null> {
  const [row] = await queryAs<StoredSchedule>(pool, tenantId, {
    name: 'find-schedule',
    text: 'SELECT tenant_id, kind, subject, cron, paused FROM job_schedule WHERE tenant_id = $1 AND kind = $2 AND subject = $3',
    values: [tenantId, kind, subject],
  });
  return row === undefined ? null : asSchedule(row);
}

export async function tenantsLackingSchedule(pool: Pool, { kind, limit }: { readonly kind: string; readonly limit: number }): Promise<string[]> {
  const { rows } = await pool.query<{ tenant_id: string }>({
    name: 'tenants-lacking-schedule',
    text: 'SELECT tenant_id FROM tenants_lacking_schedule($1, $2) AS tenant_id',
    values: [kind, limit],
  });
  return rows.map(({ tenant_id: tenantId }) => tenantId);
}

/** Of a kind without subjects. Leaves a row that is there as it is. */
export async function addSchedule(pool: Pool, { tenantId, kind, cron, paused, now }: Omit<JobSchedule, 'subject'> & { readonly now: string }): Promise<void> {
  await queryAs(pool, tenantId, {
    name: 'add-schedule',
    text: `INSERT INTO job_schedule (tenant_id, kind, subject, cron, paused, updated_at) VALUES ($1, $2, '', $3, $4, $5)
      ON CONFLICT (tenant_id, kind, subject) DO NOTHING`,
    values: [tenantId, kind, cron, paused, now],
  });
}

/** In the transaction that writes what the schedule is about. One that is so already keeps its age: what it missed before is still missed. */
export async function putSchedule(ask: Ask, { tenantId, kind, subject, cron, paused, now }: JobSchedule & { readonly now: string }): Promise<void> {
  await ask({
    name: 'put-schedule',
    text: `INSERT INTO job_schedule AS s (tenant_id, kind, subject, cron, paused, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (tenant_id, kind, subject) DO UPDATE SET cron = excluded.cron, paused = excluded.paused, updated_at = excluded.updated_at
      WHERE (s.cron, s.paused) IS DISTINCT FROM (excluded.cron, excluded.paused)`,
    values: [tenantId, kind, subject, cron, paused, now],
  });
}

/** In the transaction that ends what the schedule is about: the Schedule follows within a minute or so. */
export async function removeSchedule(ask: Ask, { tenantId, kind, subject }: ScheduleKey): Promise<void> {
  await ask({ name: 'remove-schedule', text: 'DELETE FROM job_schedule WHERE tenant_id = $1 AND kind = $2 AND subject = $3', values: [tenantId, kind, subject] });
}

interface StoredSchedule {
  readonly tenant_id: string;
  readonly kind: string;
  readonly subject: string;
  readonly cron: string;
  readonly paused: boolean;
}

function asSchedule({ tenant_id: tenantId, kind, subject, cron, paused }: StoredSchedule): JobSchedule {
  return { tenantId, kind, subject, cron, paused };
}
