// The monthly partitions of the log: which there are, making those that are missing, indexing those that are over, dropping those that were emptied.
import type { Client, Pool } from '../pool.ts';

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
export function indexNextClosedMonth(pool: Pool): Promise<string | null> {
  return patiently(pool, async (client) => {
    const { rows } = await client.query<{ partition: string | null }>('SELECT index_next_closed_month() AS partition');
    return rows[0]?.partition ?? null;
  });
}

/** `in use` when somebody was in the way for longer than anybody should wait because of it. */
export type DropOutcome = 'dropped' | 'has rows' | 'in use' | 'still open' | 'not there';

/** A month that is over and has no row left goes; the database looks itself whether it is one. */
export function dropEmptiedMonth(pool: Pool, partition: string): Promise<DropOutcome> {
  return patiently(pool, async (client) => {
    const { rows } = await client.query<{ outcome: DropOutcome }>('SELECT drop_emptied_month($1) AS outcome', [partition]);
    const [row] = rows;
    if (row === undefined) throw new Error('the database did not say what became of a month');
    return row.outcome;
  });
}

async function patiently<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN; SET LOCAL statement_timeout = '${patience}'`);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // What the connection still has in flight is unknown.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Of a month with tens of millions of entries. */
const patience = '2h';

export async function listPartitions(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>('SELECT name FROM entry_partitions() AS name');
  return rows.map(({ name }) => name);
}

const checkViolation = '23514';

export function isMissingPartition(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === checkViolation && error.message.includes('no partition of relation');
}
