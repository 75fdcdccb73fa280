// The monthly partitions: a missing one heals itself when something is written, and a page by cursor looks into no month before it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ensureDemoTenant } from '../../bin/up/demo-tenant.ts';
import { appendBatch } from '../../db/journal/append-batch.ts';
import { monthsAfterSeqSql } from '../../db/journal/change-json.ts';
import { createJournal } from '../../db/journal/journal.ts';
import { ensurePartitions, listPartitions } from '../../db/journal/partitions.ts';
import { readChanges, readLightChanges } from '../../db/journal/read-changes.ts';
import { createPool } from '../../db/pool.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { countPendingChanges } from '../../db/sync/pending-changes.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { madeFacts } from './made-facts.ts';

const tenantId = 'demo';

interface Stage {
  readonly database: TestDatabase;
  readonly owner: pg.Client;
  readonly pool: Pool;
  end(): Promise<void>;
}

async function newStage(): Promise<Stage> {
  const database = await freshDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const pool = createPool({ url: database.appUrl, max: 4 });
  return {
    database,
    owner,
    pool,
    async end() {
      await Promise.all([owner.end(), pool.end()]);
      await database.drop();
    },
  };
}

/** As if the worker had been away for months. */
async function dropPartitions({ owner, pool }: Stage): Promise<void> {
  for (const name of await listPartitions(pool)) await owner.query(`DROP TABLE ${pg.escapeIdentifier(name)}`);
}

describe('when the partition of this month is missing', () => {
  it('then an effect that is also an entry makes it, and the next one', async () => {
    const stage = await newStage();
    try {
      await dropPartitions(stage);
      await ensureDemoTenant({ appUrl: stage.database.appUrl });

      expect(await listPartitions(stage.pool)).toHaveLength(2);
      expect((await stage.owner.query('SELECT seq FROM entry')).rows).toHaveLength(1);
    } finally {
      await stage.end();
    }
  });

  it('then calls that arrive at once make it once, and each is stored once', async () => {
    const stage = await newStage();
    try {
      await ensureDemoTenant({ appUrl: stage.database.appUrl });
      await dropPartitions(stage);
      const journal = createJournal({ pool: stage.pool, onAppended: () => undefined });
      const call = () => ({ userId: 'usr_1', partial: false, callKey: null, items: [{ kind: 'entry' as const, prepared: journal.prepare(madeFacts()), key: null }] });
      const answers = await Promise.all(Array.from({ length: 8 }, () => appendBatch(stage.pool, tenantId, [call()])));
      await journal.close();

      expect(answers.flatMap(({ outcomes }) => outcomes).filter(isRefusal)).toEqual([]);
      const { rows } = await stage.owner.query<{ seq: string }>('SELECT seq FROM entry ORDER BY seq');
      // The first entry went with its partition.
      expect(rows.map(({ seq }) => Number(seq))).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await listPartitions(stage.pool)).toHaveLength(2);
    } finally {
      await stage.end();
    }
  });

  it('then months that are there already are not made again', async () => {
    const stage = await newStage();
    try {
      await dropPartitions(stage);

      expect(await ensurePartitions(stage.pool, 3)).toHaveLength(4);
      expect(await ensurePartitions(stage.pool, 3)).toEqual([]);
    } finally {
      await stage.end();
    }
  });
});

describe('when a partition is made', () => {
  it('then it has the columns of the log, with the text among the first: what is read of a row is read from its beginning', async () => {
    const stage = await newStage();
    try {
      const columnsOf = async (table: string): Promise<string[]> => {
        const { rows } = await stage.owner.query<{ column: string }>(
          `SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attcollation) AS column FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
          [table],
        );
        return rows.map(({ column }) => column);
      };
      const [partition = ''] = await listPartitions(stage.pool);
      const columns = await columnsOf(partition);
      expect(columns.slice(0, 5).map((column) => column.split(' ')[0])).toEqual(['tenant_id', 'seq', 'recorded_at', 'event_time', 'search_text']);
      expect([...columns].sort()).toEqual((await columnsOf('entry')).sort());
    } finally {
      await stage.end();
    }
  });
});

describe('when a log of two years is read from a cursor in its last months', () => {
  const months = Array.from({ length: 24 }, (_, month) => `${String(2023 + Math.floor(month / 12))}-${String((month % 12) + 1).padStart(2, '0')}-01`);
  const perMonth = 200;
  const fromMonth = 21;
  const afterSeq = 1 + fromMonth * perMonth;

  let stage: Stage;

  beforeAll(async () => {
    stage = await newStage();
    await ensureDemoTenant({ appUrl: stage.database.appUrl });
    await fill(stage.owner);
  });
  afterAll(async () => {
    await stage.end();
  });

  /** Copies of the first entry as they would stand had they been recorded then: two hundred a month, in two shares. */
  async function fill(owner: pg.Client): Promise<void> {
    for (const month of months) await owner.query('SELECT ensure_entry_partition($1)', [month]);
    await owner.query('DELETE FROM log_month');
    for (const [place, month] of months.entries()) {
      await owner.query(
        `INSERT INTO entry SELECT made.* FROM entry e, generate_series(1, $3::int) AS n, json_populate_record(e, json_build_object('seq', $1::int + n, 'id', 'E' || ($1::int + n), 'recorded_at', $2::timestamptz + n * interval '1 minute',
           'change_type', 'created', 'share_id', 'shr_' || n % 2, 'resource_type', 'file', 'resource_id', 'f' || n)) AS made WHERE e.seq = 1`,
        [1 + place * perMonth, `${month}T00:00:00Z`, perMonth],
      );
      await owner.query('INSERT INTO log_month (tenant_id, first_seq, month) VALUES ($1, $2, $3)', [tenantId, 2 + place * perMonth, month]);
    }
    await owner.query('UPDATE tenant_log SET last_seq = $1', [1 + months.length * perMonth]);
    await owner.query('ANALYZE');
  }

  /** The statement as the code under test sends it. */
  async function statementOf(send: (client: Client) => Promise<unknown>): Promise<pg.QueryConfig> {
    let sent: pg.QueryConfig | undefined;
    const client = {
      query(config: pg.QueryConfig) {
        sent = config;
        return Promise.resolve({ rows: [] });
      },
    };
    await send(client as unknown as Client); // only its `query` is used
    if (sent === undefined) throw new Error('nothing was sent');
    return sent;
  }

  interface Plan {
    readonly 'Node Type': string;
    readonly 'Relation Name'?: string;
    readonly 'Actual Loops': number;
    readonly Plans?: readonly Plan[];
  }

  /** Reads of the log that were carried out, as `how table`. */
  function readsIn(plan: Plan): string[] {
    const own = plan['Relation Name']?.startsWith('entry_') === true && plan['Actual Loops'] > 0 ? [`${plan['Node Type']} ${plan['Relation Name']}`] : [];
    return [...own, ...(plan.Plans ?? []).flatMap(readsIn)];
  }

  /** With a plan that knows the values, and with the one that is kept for every value. */
  async function explain({ text, values = [] }: pg.QueryConfig, mode: 'force_custom_plan' | 'force_generic_plan'): Promise<string[]> {
    return inTenant(stage.pool, tenantId, async (client) => {
      const types = ['text', 'bigint', typeof values[2] === 'number' ? 'int' : 'text', 'text', 'text[]'].slice(0, values.length);
      const literals = values.map(literalOf);
      await client.query(`SET LOCAL plan_cache_mode = ${mode}`);
      await client.query(`PREPARE explained (${types.join(', ')}) AS ${text}`);
      try {
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained (${literals.join(', ')})`);
        return readsIn(rows[0]?.['QUERY PLAN'][0].Plan ?? { 'Node Type': 'nothing', 'Actual Loops': 0 });
      } finally {
        await client.query('DEALLOCATE explained');
      }
    });
  }

  function literalOf(value: unknown): string {
    if (value === null) return 'NULL';
    if (Array.isArray(value)) return `ARRAY[${value.map(literalOf).join(', ')}]`;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string') return pg.escapeLiteral(value);
    throw new Error(`a statement of this test has a ${typeof value} as a value`);
  }

  const lastMonths = ['entry_2024_10', 'entry_2024_11', 'entry_2024_12'];
  const page = { tenantId, afterSeq, limit: 100 };
  const readings: readonly [string, (client: Client) => Promise<unknown>][] = [
    ['a page over all shares', (client) => readChanges(client, { ...page, shareIds: null, shareId: null })],
    ['a light page over all shares', (client) => readLightChanges(client, { ...page, shareIds: null, shareId: null })],
    ['a page of one share', (client) => readChanges(client, { ...page, shareIds: ['shr_1'], shareId: 'shr_1' })],
    ['the count of what a device has not seen', (client) => countPendingChanges(client, { tenantId, shareId: 'shr_1', afterSeq })],
  ];

  it.each(readings)('then %s looks by index, and into no earlier month', async (_what, send) => {
    const statement = await statementOf(send);
    for (const mode of ['force_custom_plan', 'force_generic_plan'] as const) {
      const reads = await explain(statement, mode);

      expect(reads.length).toBeGreaterThan(0);
      // The month that was made for today is after the cursor too.
      expect(reads.map((read) => read.split(' ').at(-1) ?? '').filter((table) => table < (lastMonths[0] ?? ''))).toEqual([]);
      expect(reads.filter((read) => read.startsWith('Seq Scan') && lastMonths.some((month) => read.endsWith(month)))).toEqual([]);
    }
  });

  it('then the same page without the bound by months looks into all of them, as a control', async () => {
    const statement = await statementOf((client) => readChanges(client, { ...page, shareIds: null, shareId: null }));
    const text = statement.text.replaceAll(monthsAfterSeqSql, 'true');
    expect(text).not.toBe(statement.text);
    const reads = await explain({ ...statement, text }, 'force_generic_plan');

    expect(new Set(reads.flatMap((read) => read.split(' ').filter((word) => word.startsWith('entry_2023_')))).size).toBe(12);
  });
});
