// What belongs together reaches the database in one write.
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createJournal } from '../../db/journal/journal.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { inTenant, queryAs } from '../../db/tenant-transaction.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { madeFacts } from './made-facts.ts';

const tenantId = 't';
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await freshDatabase();
  await queryAsOwner(database, `INSERT INTO tenant (tenant_id, name) VALUES ('t', 'T')`);
  await queryAsOwner(database, `INSERT INTO tenant_log (tenant_id, epoch) VALUES ('t', 'e')`);
  pool = createPool({ url: database.appUrl, max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function writesOf(work: () => Promise<unknown>): Promise<number> {
  const client = await pool.connect();
  const { stream } = client.connection;
  client.release();
  const writes = [jest.spyOn(stream, '_write'), jest.spyOn(stream as Required<Duplex>, '_writev')];
  try {
    await work();
    return writes.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  } finally {
    for (const write of writes) write.mockRestore();
  }
}

it('when one statement is asked as a tenant, then its transaction is one write', async () => {
  expect(await writesOf(() => queryAs(pool, tenantId, { name: 'one', text: 'SELECT $1::int AS one', values: [1] }))).toBe(1);
});

it('when a transaction begins, then its first statements travel with its beginning', async () => {
  const first = { text: 'SELECT $1::int AS one', values: [1] };
  // The second is the COMMIT, which waits for what was thought of the answers.
  expect(await writesOf(() => inTenant(pool, tenantId, (client) => Promise.all([client.query(first), client.query(first)])))).toBe(2);
});

it('when an entry is appended and read for those who follow the log, then that is one write', async () => {
  const journal = createJournal({ pool, onAppended: () => undefined, newsWish: () => ({ withEarlier: true, recordedFrom: 0 }) });
  const items = [{ kind: 'entry' as const, prepared: journal.prepare(madeFacts()), key: null }];
  expect(await writesOf(() => journal.submit(tenantId, { userId: 'usr_1', partial: false, callKey: null, items }))).toBe(1);
  await journal.close();
});
