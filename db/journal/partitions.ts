// The monthly partitions of the log: which there are, and making those that are missing.
import type { Pool } from '../pool.ts';

/** Makes the partitions of this month and so many after it; says which months were new. */
export async function ensurePartitions(pool: Pool, aheadMonths: number): Promise<string[]> {
  const { rows } = await pool.query<{ month: string }>(
    `SELECT to_char(month, 'YYYY-MM') AS month
     FROM (SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n))::date AS month
           FROM generate_series(0, $1::int) AS n) AS wanted
     WHERE ensure_entry_partition(month)`,
    [aheadMonths],
  );
  return rows.map(({ month }) => month);
}

export async function listPartitions(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>('SELECT name FROM entry_partitions() AS name');
  return rows.map(({ name }) => name);
}

const checkViolation = '23514';

export function isMissingPartition(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === checkViolation && error.message.includes('no partition of relation');
}
