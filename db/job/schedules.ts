// The rows of schedules: which there are over all tenants, and those that every tenant has from the start.
import type { JobSchedule } from '../../domain/job/workflow-ids.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export interface ScheduleKey {
  readonly tenantId: string;
  readonly kind: string;
}

export async function schedulesAfter(pool: Pool, { after, limit }: { readonly after: ScheduleKey; readonly limit: number }): Promise<JobSchedule[]> {
  const { rows } = await pool.query<ScheduleRow>({
    name: 'schedules-after',
    text: 'SELECT tenant_id, kind, cron, paused FROM job_schedules_after($1, $2, $3)',
    values: [after.tenantId, after.kind, limit],
  });
  return rows.map(asSchedule);
}

/** Null when there is no such row. */
export async function findSchedule(pool: Pool, { tenantId, kind }: ScheduleKey): Promise<JobSchedule | null> {
  const [row] = await queryAs<ScheduleRow>(pool, tenantId, {
    name: 'find-schedule',
    text: 'SELECT tenant_id, kind, cron, paused FROM job_schedule WHERE tenant_id = $1 AND kind = $2',
    values: [tenantId, kind],
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

/** Leaves a row that is there as it is. */
export async function addSchedule(pool: Pool, { tenantId, kind, cron, paused, now }: JobSchedule & { readonly now: string }): Promise<void> {
  await queryAs(pool, tenantId, {
    name: 'add-schedule',
    text: `INSERT INTO job_schedule (tenant_id, kind, cron, paused, updated_at) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (tenant_id, kind) DO NOTHING`,
    values: [tenantId, kind, cron, paused, now],
  });
}

interface ScheduleRow {
  readonly tenant_id: string;
  readonly kind: string;
  readonly cron: string;
  readonly paused: boolean;
}

function asSchedule({ tenant_id: tenantId, kind, cron, paused }: ScheduleRow): JobSchedule {
  return { tenantId, kind, cron, paused };
}
