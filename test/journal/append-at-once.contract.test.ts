// Appending in one round trip: the database numbers, chains and stores exactly as the two-trip way does, and leaves to that what it cannot decide.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { appendAtOnce } from '../../db/journal/append-at-once.ts';
import { appendBatch } from '../../db/journal/append-batch.ts';
import type { BatchResult } from '../../db/journal/append-batch.ts';
import { createJournal } from '../../db/journal/journal.ts';
import type { Journal } from '../../db/journal/journal.ts';
import { listPartitions } from '../../db/journal/partitions.ts';
import type { NewsWish } from '../../db/journal/read-news.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { createSharedConnections } from '../../db/journal/shared-connections.ts';
import type { SharedConnections } from '../../db/journal/shared-connections.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import type { AppendCall } from '../../domain/journal/append-decision.ts';
import { factNames } from '../../domain/journal/entry.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { genesisLink } from '../../domain/journal/chain.ts';
import { numberEntries } from '../../domain/journal/number-entries.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { eventually } from '../harness/eventually.ts';
import { madeFacts } from './made-facts.ts';

const key = { keyHash: 'a'.repeat(64), bodyHash: 'b'.repeat(64) };

let database: TestDatabase;
let pool: Pool;
let owner: pg.Client;
let connections: SharedConnections;
let journal: Journal;

beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.appUrl, max: 4 });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  connections = createSharedConnections(pool);
  journal = createJournal({ pool, onAppended: () => undefined });
});
afterAll(async () => {
  await journal.close();
  await Promise.all([owner.end(), pool.end()]);
  await database.drop();
});

/** Of the longest name there may be: its length stands in every link. */
async function newTenant(): Promise<string> {
  const tenantId = `t-${randomUUID()}`.padEnd(64, '_');
  await owner.query('INSERT INTO tenant (tenant_id, name) VALUES ($1, $1)', [tenantId]);
  await owner.query(`INSERT INTO tenant_log (tenant_id, epoch) VALUES ($1, 'e')`, [tenantId]);
  return tenantId;
}

function callOf(facts: readonly EntryFacts[], { userId = 'usr_1' } = {}): AppendCall {
  return { userId, partial: false, callKey: null, items: facts.map((one) => ({ kind: 'entry', prepared: journal.prepare(one), key: null })) };
}

function appendNow(tenantId: string, calls: readonly AppendCall[], wish: NewsWish | null = null): Promise<BatchResult | null> {
  return appendAtOnce({ connections, tenantId, calls, onSent: () => undefined, wish });
}

interface Row {
  readonly seq: number;
  readonly recorded_at: number;
  readonly leaf: Buffer;
  readonly link: Buffer;
}

async function placesOf(tenantId: string): Promise<Row[]> {
  const { rows } = await owner.query<Row>(
    'SELECT seq::int, (extract(epoch FROM recorded_at) * 1000000)::float8 AS recorded_at, leaf, link FROM entry WHERE tenant_id = $1 ORDER BY seq',
    [tenantId],
  );
  return rows;
}

async function monthsOf(tenantId: string): Promise<unknown[]> {
  const { rows } = await owner.query<{ first_seq: number; month: string }>('SELECT first_seq::int, month::text FROM log_month WHERE tenant_id = $1 ORDER BY first_seq', [tenantId]);
  return rows;
}

describe('when calls without keys are appended', () => {
  it('then their places, leaves and links are those the domain gives, also of a log that goes on', async () => {
    const tenantId = await newTenant();
    const calls = [callOf([madeFacts(), madeFacts()]), callOf([madeFacts()]), callOf([madeFacts(), madeFacts()])];
    const first = await appendNow(tenantId, calls.slice(0, 2));
    const second = await appendNow(tenantId, calls.slice(2));

    expect([first?.written?.lastSeq, second?.written?.lastSeq]).toEqual([3, 5]);
    expect(second?.outcomes).toMatchObject([{ lastSeq: 5, results: [{ seq: 4, status: 'created' }, { seq: 5, status: 'created' }] }]);
    const contents = calls.flatMap(({ items }) => items).flatMap((item) => (item.kind === 'entry' ? [item.prepared.content] : []));
    const stored = await placesOf(tenantId);
    const [one, , , four] = stored;
    const firstPart = numberEntries({ sha256, tenantId, head: { lastSeq: 0, lastLink: genesisLink, lastRecordedAt: 0 }, now: one?.recorded_at ?? 0, contents: contents.slice(0, 3) });
    const secondPart = numberEntries({ sha256, tenantId, head: firstPart.head, now: four?.recorded_at ?? 0, contents: contents.slice(3) });
    const expected = [...firstPart.places, ...secondPart.places];
    expect(stored).toEqual(expected.map(({ seq, recordedAt, leaf, link }) => ({ seq, recorded_at: recordedAt, leaf: Buffer.from(leaf), link: Buffer.from(link) })));
    const { rows } = await owner.query<{ last_seq: string; last_link: Buffer; same: boolean }>(
      'SELECT last_seq, last_link, last_recorded_at = (SELECT max(recorded_at) FROM entry WHERE tenant_id = $1) AS same FROM tenant_log WHERE tenant_id = $1',
      [tenantId],
    );
    expect(rows).toEqual([{ last_seq: '5', last_link: Buffer.from(secondPart.head.lastLink), same: true }]);
  });

  it('then a row is the one that the two-trip way writes, in every column but its place and its salt', async () => {
    const tenantId = await newTenant();
    const text = Object.fromEntries(factNames.map((name) => [name, `${name} "ß\\ ${name}`])) as unknown as EntryFacts; // every column of text, then those of other kinds
    const facts = { ...text, event_time: '2026-04-23T10:15:02.123456Z', activity: ['a', 'b:1'], change_metadata: { size: 1.5, deep: [{ x: null }] }, details: { '10': 1, '9': 'two' } };
    await appendNow(tenantId, [callOf([facts])]);
    await appendBatch(pool, tenantId, [callOf([facts])]);
    const { rows } = await owner.query<{ row: Record<string, unknown> }>('SELECT to_json(e) AS row FROM entry e WHERE tenant_id = $1 ORDER BY seq', [tenantId]);
    const [ours, theirs] = rows.map(({ row: { seq: _seq, recorded_at: _at, salt: _salt, leaf: _leaf, link: _link, ...rest } }) => rest);

    expect(ours).toEqual(theirs);
    expect(Object.values(ours ?? {})).not.toContain(null);
  });

  it('then a batch that runs into the next month tells where that begins', async () => {
    const tenantId = await newTenant();
    await appendNow(tenantId, [callOf([madeFacts()])]);
    const [first] = (await monthsOf(tenantId)) as { month: string }[];
    const nextMonth = `(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC'`;
    await owner.query(`UPDATE tenant_log SET last_recorded_at = ${nextMonth} - interval '3 microseconds' WHERE tenant_id = $1`, [tenantId]);
    await appendNow(tenantId, [callOf([madeFacts(), madeFacts(), madeFacts(), madeFacts()])]);
    await appendNow(tenantId, [callOf([madeFacts()])]);

    const { rows } = await owner.query<{ month: string }>(`SELECT (${nextMonth})::date::text AS month`);
    expect(await monthsOf(tenantId)).toEqual([{ first_seq: 1, month: first?.month }, { first_seq: 4, month: rows[0]?.month }]);
  });

  it('then those who write one log at once share a connection, and each is told where its own stand', async () => {
    const tenantId = await newTenant();
    const alone = createPool({ url: database.appUrl, max: 4 });
    const shared = createSharedConnections(alone);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => appendAtOnce({ connections: shared, tenantId, calls: [callOf([madeFacts()])], onSent: () => undefined, wish: null })),
    );

    expect(answers.map((answer) => answer?.written?.lastSeq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([alone.totalCount, alone.idleCount]).toEqual([1, 1]);
    await alone.end();
  });
});

describe('when something must be looked up first', () => {
  it('then nothing is written: a key, a log that is not there', async () => {
    const tenantId = await newTenant();
    const withKey = { ...callOf([madeFacts()]), callKey: key };

    expect(await appendNow(tenantId, [callOf([madeFacts()]), withKey])).toBeNull();
    expect(await appendNow('nobody', [callOf([madeFacts()])])).toBeNull();
    expect(await placesOf(tenantId)).toEqual([]);
    expect(await journal.submit('nobody', callOf([madeFacts()]))).toMatchObject({ code: 'TENANT_UNKNOWN' });
  });

  it('then a month without a partition is made on the way, and the call is stored once', async () => {
    const tenantId = await newTenant();
    for (const name of await listPartitions(pool)) await owner.query(`DROP TABLE ${pg.escapeIdentifier(name)}`);

    expect(await journal.submit(tenantId, callOf([madeFacts()]))).toMatchObject({ lastSeq: 1 });
    expect(await placesOf(tenantId)).toHaveLength(1);
  });
});

describe('when a user is suspended while an append of theirs waits for the lock', () => {
  /** Their standing and the lock in one statement: its snapshot is older than the wait. */
  const oneStatement = `SELECT set_config('holdfast.tenant', $1, true), (SELECT last_seq FROM tenant_log
    WHERE tenant_id = $1 AND NOT EXISTS (SELECT FROM dir_user WHERE tenant_id = $1 AND id = $2 AND status <> 'active') FOR UPDATE) IS NOT NULL AS let_in`;

  async function whileSuspending<T>(tenantId: string, userId: string, ask: () => Promise<T>): Promise<T> {
    await owner.query(`INSERT INTO dir_user (tenant_id, id, email, name, status, created_at, updated_at) VALUES ($1, $2, $2, $2, 'active', now(), now())`, [tenantId, userId]);
    await owner.query('BEGIN');
    await owner.query('SELECT FROM tenant_log WHERE tenant_id = $1 FOR UPDATE', [tenantId]);
    const asked = ask();
    await eventually(async () => (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)).rows[0]?.n === 1);
    await owner.query(`UPDATE dir_user SET status = 'suspended' WHERE tenant_id = $1 AND id = $2`, [tenantId, userId]);
    await owner.query('COMMIT');
    return asked;
  }

  it('then looking and locking in one statement lets it in, as a control', async () => {
    const tenantId = await newTenant();
    const { rows } = await whileSuspending(tenantId, 'usr_control', async () => {
      const client = await pool.connect();
      try {
        await client.query(`SELECT set_config('holdfast.tenant', $1, false)`, [tenantId]);
        return await client.query<{ let_in: boolean }>(oneStatement, [tenantId, 'usr_control']);
      } finally {
        client.release(true);
      }
    });

    expect(rows[0]?.let_in).toBe(true);
  });

  it('then ours is refused and stores nothing, and the calls of others beside it are stored', async () => {
    const tenantId = await newTenant();
    const calls = [callOf([madeFacts()], { userId: 'usr_gone' }), callOf([madeFacts()], { userId: 'usr_here' })];
    const [gone, here] = await whileSuspending(tenantId, 'usr_gone', () => Promise.all(calls.map((one) => journal.submit(tenantId, one))));

    expect(gone).toMatchObject({ code: 'AUTHZ_USER_SUSPENDED' });
    expect(here !== undefined && !isRefusal(here) && here.lastSeq).toBe(1);
    expect(await placesOf(tenantId)).toHaveLength(1);
  });
});
