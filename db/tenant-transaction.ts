// One short transaction in which exactly one tenant's rows exist.
import pg from 'pg';
import { inOneWrite } from './one-write.ts';
import type { Client, Pool } from './pool.ts';

/**
 * Whether statements with a name are planned once for a connection, or as the database thinks best. It thinks that a plan for the values at hand is
 * cheaper, because it looks into fewer months; but over four years of log to make that plan takes twenty milliseconds, and to carry it out less than one.
 * Only where every statement has a name, and no value would have it go another way.
 */
export interface Planning {
  readonly planned?: 'once' | undefined;
}

/** Sent without waiting for its answer: the first statement of the work travels with it. */
export function beginAs(tenantId: string, { planned }: Planning = {}): string {
  return `BEGIN; SELECT set_config('holdfast.tenant', ${pg.escapeLiteral(tenantId)}, true)${planned === 'once' ? onceSql : ''}`;
}

/** A plan made while a month is new would read all of it, and be kept while the month grows. */
const onceSql = `, set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)`;

/** Read committed; whatever is thrown inside rolls everything back. */
export function inTenant<T>(pool: Pool, tenantId: string, work: (client: Client) => Promise<T>, planning: Planning = {}): Promise<T> {
  return inTransaction(pool, beginAs(tenantId, planning), work);
}

/** All that is read inside is of one moment, and nothing is written. */
export function inTenantSnapshot<T>(pool: Pool, tenantId: string, work: (client: Client) => Promise<T>): Promise<T> {
  return inTransaction(pool, beginAs(tenantId).replace('BEGIN', 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'), work);
}

async function inTransaction<T>(pool: Pool, begin: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const [, result] = await inOneWrite(client, () => Promise.all([client.query(begin), work(client)]));
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

/** In one round trip: the COMMIT is sent right behind what `send` asks, so it asks for everything before it waits for any answer. */
export async function inOneTrip<T>(pool: Pool, tenantId: string, send: (client: Client) => Promise<T>, planning: Planning = {}): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const [, answer] = await inOneWrite(client, () => Promise.all([client.query(beginAs(tenantId, planning)), send(client), commit(client)]));
    return answer;
  } catch (error) {
    // It is unknown what the connection still has in flight; a new one is cheap.
    broken = error instanceof Error ? error : new Error(String(error));
    throw broken;
  } finally {
    client.release(broken);
  }
}

/** One statement as a tenant; planned once if it has a name. */
export function queryAs<Row extends pg.QueryResultRow>(pool: Pool, tenantId: string, query: pg.QueryConfig): Promise<Row[]> {
  return inOneTrip(pool, tenantId, async (client) => (await client.query<Row>(query)).rows, { planned: query.name === undefined ? undefined : 'once' });
}

/** A COMMIT of a transaction that failed answers ROLLBACK without an error; that must never pass for success. */
export async function commit(client: Client): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error(`the transaction was not committed but answered ${command}`);
}
