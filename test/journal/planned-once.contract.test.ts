// What is asked again and again of a log of many months is planned once for a connection: to plan it takes longer than to carry it out.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createJournal } from '../../db/journal/journal.ts';
import { readNews } from '../../db/journal/read-news.ts';
import { readNewEntries } from '../../db/journal/read-tail.ts';
import { createPool } from '../../db/pool.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { madeFacts } from './made-facts.ts';

const tenantId = 't';
/** The database plans five times for the values at hand before it thinks of doing so once. */
const times = 8;

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await logWithoutEntries();
  await queryAsOwner(database, `SELECT ensure_entry_partition((date_trunc('month', now()) - make_interval(months => m))::date) FROM generate_series(1, 24) AS m`);
  // One connection: what it has planned can be asked of it.
  pool = createPool({ url: database.appUrl, max: 1 });
  await appendEach(400);
  await queryAsOwner(database, 'ANALYZE entry');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function logWithoutEntries(): Promise<TestDatabase> {
  const made = await freshDatabase();
  await queryAsOwner(made, `INSERT INTO tenant (tenant_id, name) VALUES ('t', 'T')`);
  await queryAsOwner(made, `INSERT INTO tenant_log (tenant_id, epoch) VALUES ('t', 'e')`);
  return made;
}

async function appendEach(count: number): Promise<void> {
  const journal = createJournal({ pool, onAppended: () => undefined, newsWish: () => ({ withEarlier: true, recordedFrom: 0 }) });
  for (let index = 0; index < count; index += 1) {
    const prepared = journal.prepare(madeFacts({ share_id: 'shr_1', resource_id: 'fil_1', change_type: 'updated', new_path: '/a', change_metadata: { size: index } }));
    await journal.submit(tenantId, { userId: 'usr_1', partial: false, callKey: null, items: [{ kind: 'entry', prepared, key: null }] });
  }
  await journal.close();
}

async function plansOf(name: string): Promise<{ readonly kept: number; readonly made: number }> {
  const { rows } = await pool.query<{ kept: string; made: string }>('SELECT generic_plans AS kept, custom_plans AS made FROM pg_prepared_statements WHERE name = $1', [name]);
  return { kept: Number(rows[0]?.kept), made: Number(rows[0]?.made) };
}

async function again(ask: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time += 1) await ask();
}

it.each([
  ['entries that are read together with their writing', 'just-written-earlier', () => appendEach(1)],
  ['news of live doors', 'news-earlier', () => readNews(pool, { tenantId, afterSeq: 390, throughSeq: 400, withEarlier: true, recordedFrom: 0 })],
  ['entries for the tail', 'tail-entries', () => readNewEntries(pool, tenantId, 390, 100)],
])('when %s are asked for again and again, then nothing is planned anew', async (_what, name, ask) => {
  await again(ask);
  const { kept, made } = await plansOf(name);
  expect(made).toBe(0);
  expect(kept).toBeGreaterThanOrEqual(times);
});

it('when a plan is made while the month is new, then the plan that is kept looks for entries by an index', async () => {
  const young = await logWithoutEntries();
  // Somebody looks after their database: now it knows that the months are empty, and to read all of them is the cheapest.
  await queryAsOwner(young, 'VACUUM ANALYZE entry');
  const connection = createPool({ url: young.appUrl, max: 1 });
  await readNewEntries(connection, tenantId, 0, 100);
  const plan = await inTenant(connection, tenantId, (client) => client.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE "tail-entries" ('t', 0, 100)`), { planned: 'once' });
  const lines = plan.rows.map((row) => row['QUERY PLAN']).filter((line) => /(?:Scan|Index).* on entry/.test(line));
  expect(lines).not.toEqual([]);
  expect(lines.filter((line) => line.includes('Seq Scan'))).toEqual([]);
  await connection.end();
  await young.drop();
});

it('when a transaction is to plan once, then it does; when it is left to the database, then that plans for the values at first', async () => {
  const ask = (name: string) => (client: Client) => client.query({ name, text: 'SELECT count(*) FROM entry e WHERE e.tenant_id = $1', values: [tenantId] });
  await again(() => inTenant(pool, tenantId, ask('told'), { planned: 'once' }));
  expect(await plansOf('told')).toEqual({ kept: times, made: 0 });
  await again(() => inTenant(pool, tenantId, ask('left')));
  expect((await plansOf('left')).made).toBeGreaterThanOrEqual(5);
});
