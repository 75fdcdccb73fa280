// Why an append takes two round trips: with lock, look and write in one statement, the same key raced from two connections is stored twice; with ours never.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendBatch } from '../../db/journal/append-batch.ts';
import { createJournal } from '../../db/journal/journal.ts';
import type { Journal } from '../../db/journal/journal.ts';
import { createPool } from '../../db/pool.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { beginAs } from '../../db/tenant-transaction.ts';
import { ensureDemoTenant } from '../../bin/up/demo-tenant.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { eventually } from '../harness/eventually.ts';
import { madeFacts } from './made-facts.ts';

const tenantId = 'demo';
const races = 10;

let database: TestDatabase;
let pool: Pool;
let journal: Journal;

beforeAll(async () => {
  database = await freshDatabase();
  await ensureDemoTenant({ appUrl: database.appUrl });
  pool = createPool({ url: database.appUrl, max: 4 });
  journal = createJournal({ pool, onAppended: () => undefined });
  await asOwner('CREATE TABLE one_statement_entry (tenant_id text, seq bigint, key text); GRANT SELECT, INSERT ON one_statement_entry TO holdfast_app');
});
afterAll(async () => {
  await journal.close();
  await pool.end();
  await database.drop();
});

async function asOwner(text: string): Promise<void> {
  const owner = createPool({ url: database.ownerUrl, max: 1 });
  await owner.query(text);
  await owner.end();
}

/**
 * Lock, look and write as one statement. Its snapshot is taken before it waits for the lock, so it does not see the key that
 * was stored meanwhile. Without a unique index on the key, as a partitioned table cannot have one.
 */
const oneStatement = `
  WITH head AS MATERIALIZED (SELECT last_seq FROM tenant_log WHERE tenant_id = $1 FOR UPDATE),
  written AS (
    INSERT INTO one_statement_entry (tenant_id, seq, key)
    SELECT $1, head.last_seq + 1, $2 FROM head
    WHERE NOT EXISTS (SELECT 1 FROM one_statement_entry WHERE tenant_id = $1 AND key = $2)
    RETURNING seq)
  SELECT count(*)::int AS written FROM written`;

/** The race as it must be to show anything: both have asked, and one waits for the other's lock. */
async function race(first: (client: Client) => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
  const holder = await pool.connect();
  try {
    await holder.query(beginAs(tenantId));
    await first(holder);
    const waiting = second();
    await eventually(async () => (await waitingForLocks()) > 0);
    await holder.query('COMMIT');
    await waiting;
  } finally {
    holder.release();
  }
}

async function waitingForLocks(): Promise<number> {
  const { rows } = await pool.query<{ waiting: number }>(
    `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.waiting ?? 0;
}

async function inTransaction(text: string, values: readonly unknown[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(beginAs(tenantId));
    await client.query(text, [...values]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

function callWithKey(key: string) {
  const prepared = journal.prepare(madeFacts({ resource_id: key }));
  const hash = Buffer.from(key.padEnd(32, '_')).toString('hex');
  return { userId: 'usr_1', partial: false, callKey: null, items: [{ kind: 'entry' as const, prepared, key: { keyHash: hash, bodyHash: hash } }] };
}

describe('when the same key is raced from two connections', () => {
  it('then the one-statement form stores it twice, as a control', async () => {
    await race(
      (client) => client.query(oneStatement, [tenantId, 'k']),
      () => inTransaction(oneStatement, [tenantId, 'k']),
    );
    const { rows } = await pool.query<{ stored: number }>('SELECT count(*)::int AS stored FROM one_statement_entry WHERE key = $1', ['k']);

    expect(rows[0]?.stored).toBe(2);
  });

  it('then ours stores it once, and both are answered with the same entry', async () => {
    for (let round = 0; round < races; round += 1) {
      const key = `race-${String(round)}`;
      const ask = async () => {
        const { outcomes } = await appendBatch(pool, tenantId, [callWithKey(key)]);
        const [outcome] = outcomes;
        if (outcome === undefined || isRefusal(outcome)) throw new Error('the append was refused');
        return outcome;
      };
      // Both wait for the lock of the head before either looks.
      let answers: Awaited<ReturnType<typeof ask>>[] = [];
      await race(
        (client) => client.query('SELECT 1 FROM tenant_log WHERE tenant_id = $1 FOR UPDATE', [tenantId]),
        async () => {
          answers = await Promise.all([ask(), ask()]);
        },
      );
      expect(new Set(answers.map((one) => JSON.stringify(one.results.map(({ id, seq }) => ({ id, seq }))))).size).toBe(1);
    }

    expect(await storedRaces()).toBe(races);
  });
});

async function storedRaces(): Promise<number> {
  const owner = createPool({ url: database.ownerUrl, max: 1 });
  const { rows } = await owner.query<{ stored: number }>(`SELECT count(*)::int AS stored FROM entry WHERE tenant_id = $1 AND resource_id LIKE 'race-%'`, [tenantId]);
  await owner.end();
  return rows[0]?.stored ?? 0;
}
