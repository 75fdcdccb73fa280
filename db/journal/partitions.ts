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

/** Builds the index of texts of the newest closed month that has none; null when all have theirs. */
export async function indexNextClosedMonth(pool: Pool): Promise<string | null> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN; SET LOCAL statement_timeout = '${indexLimit}'`);
    const { rows } = await client.query<{ partition: string | null }>('SELECT index_next_closed_month() AS partition');
    await client.query('COMMIT');
    return rows[0]?.partition ?? null;
  } catch (error) {
    // What the connection still has in flight is unknown.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Of a month with tens of millions of entries. */
const indexLimit = '2h';

export async function listPartitions(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>('SELECT name FROM entry_partitions() AS name');
  return rows.map(({ name }) => name);
}

const checkViolation = '23514';

export function isMissingPartition(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === checkViolation && error.message.includes('no partition of relation');
}
