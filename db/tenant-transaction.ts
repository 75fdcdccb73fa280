// One short transaction in which exactly one tenant's rows exist.
import pg from 'pg';
import type { Client, Pool } from './pool.ts';

/** Sent without waiting for its answer: the first statement of the work travels with it. */
export function beginAs(tenantId: string): string {
  return `BEGIN; SELECT set_config('holdfast.tenant', ${pg.escapeLiteral(tenantId)}, true)`;
}

/** Read committed; whatever is thrown inside rolls everything back. */
export function inTenant<T>(pool: Pool, tenantId: string, work: (client: Client) => Promise<T>): Promise<T> {
  return inTransaction(pool, beginAs(tenantId), work);
}

/** All that is read inside is of one moment, and nothing is written. */
export function inTenantSnapshot<T>(pool: Pool, tenantId: string, work: (client: Client) => Promise<T>): Promise<T> {
  return inTransaction(pool, beginAs(tenantId).replace('BEGIN', 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'), work);
}

async function inTransaction<T>(pool: Pool, begin: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const begun = client.query(begin);
    const [, result] = await Promise.all([begun, work(client)]);
    await commit(client);
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** One statement as a tenant, in one round trip. */
export async function queryAs<Row extends pg.QueryResultRow>(pool: Pool, tenantId: string, query: pg.QueryConfig): Promise<Row[]> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const answers = await Promise.allSettled([client.query(beginAs(tenantId)), client.query<Row>(query), client.query('COMMIT')]);
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed !== undefined) {
      broken = failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason));
      throw broken;
    }
    const [, rows] = answers;
    return rows.status === 'fulfilled' ? rows.value.rows : [];
  } finally {
    client.release(broken);
  }
}

/** A COMMIT of a transaction that failed answers ROLLBACK without an error; that must never pass for success. */
export async function commit(client: Client): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error(`the transaction was not committed but answered ${command}`);
}
