// Free text is found by its index although row security is forced, by a function that shows nobody another tenant's keys; and months are walked rightly.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { findEntries } from '../../db/journal/find-entries.ts';
import type { TimeOrder, TimePlace } from '../../db/journal/find-entries.ts';
import { leadOf } from '../../db/journal/lead-of.ts';
import { createLogMonths } from '../../db/journal/log-months.ts';
import { createPool } from '../../db/pool.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { searchFunctions, searchRole } from '../../db/roles/search-role.ts';
import { inTenant, inTenantSnapshot } from '../../db/tenant-transaction.ts';
import { isTextAlone, leadingText, timeBounds } from '../../domain/audit/audit-selection.ts';
import { filterSql, likePattern } from '../../domain/filter/filter-sql.ts';
import { containsText, filterOf, isBefore, isFrom, isIn } from '../../domain/filter/filter.ts';
import type { Condition, Filter } from '../../domain/filter/filter.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { testSeed } from '../harness/seed.ts';
import { writeSpreadLog } from './spread-log.ts';

const seed = testSeed();
const months = 14;
let database: TestDatabase;
let owner: pg.Client;
let pool: Pool;

beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.appUrl, max: 2 });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await writeSpreadLog(owner, { tenantId: 'mine', entries: 3_000, months, backdatedPercent: 10, seed });
  await writeSpreadLog(owner, { tenantId: 'dense', entries: 8_000, months: 1, backdatedPercent: 0, seed });
  await writeSpreadLog(owner, { tenantId: 'other', entries: 600, months, backdatedPercent: 0, seed });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await owner.end();
  await database.drop();
});

/** How often each index of texts has been read so far. */
async function textScans(): Promise<number> {
  const { rows } = await owner.query<{ scans: string }>(
    `SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot(), coalesce(sum(idx_scan), 0) AS scans FROM pg_stat_user_indexes WHERE indexrelname ~ '^entry_[0-9]{4}_[0-9]{2}_text$'`,
  );
  return Number(rows[0]?.scans ?? 0);
}

const keysOf = (client: Client, pattern: string, at = '2024-05-01', lead = pattern) =>
  client.query<{ seq: string }>({
    text: `SELECT f.seq FROM search_keys_down($1, $3, $2::timestamptz, $2::timestamptz + interval '1 month', 1000000, '-infinity', 'infinity', 'infinity', 0, 1000) f`,
    values: [pattern, at, lead],
  });

describe('the index of texts', () => {
  it('when a rare text is looked for under forced row security, then it is used, and a plain statement does not use it', async () => {
    const before = await textScans();
    const found = await inTenant(pool, 'dense', async (client) => {
      const { rows } = await keysOf(client, '%needle%', '2024-01-01');
      await client.query('SELECT pg_stat_force_next_flush()');
      return rows.length;
    });
    expect(found).toBeGreaterThan(1);
    const after = await textScans();
    expect(after).toBeGreaterThan(before);

    const plan = await inTenant(pool, 'dense', async (client) => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT e.seq FROM entry e WHERE e.tenant_id = 'dense' AND e.search_text LIKE '%needle%' AND e.recorded_at >= '2024-01-01Z' AND e.recorded_at < '2024-02-01Z'`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).not.toMatch(/_text\b.*Index|Index Scan on \S*_text\b/);
  });

  it('when the function’s own statement is planned as the role it runs as, then it is a scan of the index by tenant and text', async () => {
    await owner.query(`SET ROLE ${searchRole}`);
    const { rows } = await owner.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT e.seq FROM entry e WHERE e.tenant_id = 'dense' AND e.search_text LIKE '%needle%' AND e.recorded_at >= '2024-01-01Z' AND e.recorded_at < '2024-02-01Z'
       ORDER BY e.event_time DESC, e.seq DESC LIMIT 100`,
    );
    await owner.query('RESET ROLE');
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Bitmap Index Scan on entry_2024_01_text/);
    expect(plan).toMatch(/Index Cond: \(\(tenant_id = 'dense'::text\) AND \(search_text ~~ '%needle%'::text\)\)/);
  });
});

describe('what the index is asked for of a text', () => {
  const leading = (text: string) => inTenant(pool, 'mine', (client) => leadOf(client, { tenantId: 'mine', pattern: likePattern(text), from: '2024-04-01Z', to: '2024-06-01Z' }));

  it('when words of it stand in most entries, then the others alone, with what they begin behind', async () => {
    expect(await leading('entry 1261.')).toBe('% 1261%');
    expect(await leading('needle\ncommon')).toBe('%needle%');
    expect(await leading('entry 1261.\nses_50')).toBe('% 1261%');
  });

  it('when none of its words is rarer than the others, or there is one alone, then the whole text', async () => {
    for (const text of ['ses_1\ncommon', 'needle', 'needle straw', 'en ry', '100%', '_a_b']) expect(await leading(text)).toBe(likePattern(text));
  });

  it('when nothing was recorded there, then the whole text', async () => {
    const lead = await inTenant(pool, 'mine', (client) => leadOf(client, { tenantId: 'mine', pattern: '%entry 1261%', from: '2000-01-01Z', to: '2000-02-01Z' }));
    expect(lead).toBe('%entry 1261%');
  });

  it(`when words of any text are left out, then what holds the text still fits (seed ${String(seed)})`, async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '7', '\\', '%', '_', '-', ' ', '\n', '.'), minLength: 3, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, text, text, fc.integer({ min: 0, max: 4_095 }), async (before, wanted, after, leftOut) => {
        // Whichever words the entries would have shown to be common.
        const client = { query: ({ values }: pg.QueryConfig) => Promise.resolve({ rows: (values?.[3] as string[]).map((_, at) => ({ place: at + 1 })).filter((_, at) => (leftOut & (1 << at % 12)) === 0) }) };
        const lead = await leadOf(client as unknown as Client, { tenantId: 'mine', pattern: likePattern(wanted), from: '', to: '' }); // only its `query` is used
        const { rows } = await owner.query<{ fits: boolean; whole: boolean }>('SELECT $1::text LIKE $2 AS fits, $1::text LIKE $3 AS whole', [before + wanted + after, lead, likePattern(wanted)]);
        expect({ lead, ...rows[0] }).toEqual({ lead, fits: true, whole: true });
      }),
      { seed, numRuns: isFullSize() ? 5_000 : 300 },
    );
  }, 60_000);

  it('when it is less than the text, then the keys are still those of the text, and the index is read for it alone', async () => {
    const [whole, led] = await inTenant(pool, 'dense', async (client) => [(await keysOf(client, '%needle%', '2024-01-01')).rows, (await keysOf(client, '%needle%', '2024-01-01', '%eed%')).rows]);
    expect(led).toEqual(whole);
    expect(await inTenant(pool, 'dense', async (client) => (await keysOf(client, '%needle%', '2024-01-01', '%entry%')).rows)).toEqual(whole);
    expect(whole.length).toBeGreaterThan(1);

    await owner.query(`SET ROLE ${searchRole}`);
    const { rows } = await owner.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT e.seq FROM entry e WHERE e.tenant_id = 'dense' AND e.search_text LIKE '%needle%' AND ('%needle%' = '%needle%.' OR CASE WHEN e.search_text LIKE '%needle%.' THEN true ELSE false END)
         AND e.recorded_at >= '2024-01-01Z' AND e.recorded_at < '2024-02-01Z' ORDER BY e.event_time DESC, e.seq DESC LIMIT 100`,
    );
    await owner.query('RESET ROLE');
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Cond: \(\(tenant_id = 'dense'::text\) AND \(search_text ~~ '%needle%'::text\)\)/);
  });
});

describe('the function that looks past row security', () => {
  it('when it is called as a tenant, then it answers that tenant’s keys alone', async () => {
    const seqs = (rows: readonly { seq: string }[]) => rows.map(({ seq }) => Number(seq));
    const theirs = await inTenant(pool, 'other', async (client) => seqs((await keysOf(client, '%entry%')).rows));
    const { rows } = await owner.query<{ seq: string }>(`SELECT seq FROM entry WHERE tenant_id = 'other' AND recorded_at >= '2024-05-01Z' AND recorded_at < '2024-06-01Z'`);
    expect(theirs.sort((a, b) => a - b)).toEqual(seqs(rows).sort((a, b) => a - b));
    expect(await inTenant(pool, 'nobody', async (client) => (await keysOf(client, '%entry%')).rows)).toEqual([]);
  });

  it('when no tenant is set, or an empty one, then it fails', async () => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await expect(keysOf(client, '%entry%')).rejects.toThrow(/holdfast.tenant|no tenant/);
      await client.query('ROLLBACK');
      await client.query(`BEGIN; SELECT set_config('holdfast.tenant', '', true)`);
      await expect(keysOf(client, '%entry%')).rejects.toThrow(/no tenant is set/);
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  });

  it('when its role is looked at, then it cannot log in, owns nothing else and reads five columns of the log', async () => {
    const { rows } = await owner.query<{ columns: string; tables: string; owned: string }>(
      `SELECT (SELECT string_agg(DISTINCT table_name || '.' || column_name, ' ' ORDER BY table_name || '.' || column_name) FROM information_schema.column_privileges WHERE grantee = $1) AS columns,
         (SELECT count(*) FROM information_schema.table_privileges WHERE grantee = $1) AS tables,
         (SELECT count(*) FROM pg_proc WHERE proowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname = $1 AND NOT rolcanlogin AND NOT rolsuper AND rolbypassrls AND NOT rolcreaterole AND NOT rolcreatedb`,
      [searchRole],
    );
    expect(rows).toEqual([{ columns: 'entry.event_time entry.recorded_at entry.search_text entry.seq entry.tenant_id', tables: '0', owned: String(searchFunctions.length) }]);
  });
});

describe('the walk through months', () => {
  const condition: fc.Arbitrary<Condition> = fc.oneof(
    fc.constantFrom('needle', 'common', 'entry 5', 'Entry 42', '99.', 'Entry 291', 'needle\ncommon', 'entry 13').map((text) => containsText(text)),
    fc.constantFrom('authentication', 'security', 'admin').map((category) => isIn('category', [category])),
    fc.integer({ min: 0, max: 60 }).map((session) => isIn('session_id', [`Ses_${String(session)}`])),
    fc.integer({ min: 0, max: 50 }).map((user) => isIn('user_id', [`usr_${String(user)}`, 'usr_7'])),
    fc.tuple(fc.integer({ min: 0, max: 600 }), fc.boolean()).map(([day, from]) => {
      const instant = new Date(Date.UTC(2023, 6, 1) + day * 86_400_000).toISOString();
      return from ? isFrom('event_time', instant) : isBefore('event_time', instant);
    }),
  );

  it(`when filters, orders and page lengths are random, then pages together are what one plain statement answers (seed ${String(seed)})`, async () => {
    const logMonths = createLogMonths();
    let beyondOneMonth = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(condition, { maxLength: 3 }).map(filterOf),
        fc.constantFrom<TimeOrder>('asc', 'desc'),
        fc.constantFrom(20, 90, 400),
        fc.constantFrom(3_000, 2_345),
        fc.constantFrom(0, 0, 1_500),
        fc.constantFrom(3_000, -1),
        async (filter, order, limit, throughSeq, afterSeq, budgetMs) => {
          const wanted = await plainly({ filter, order, throughSeq, afterSeq });
          const seen: number[] = [];
          let after: TimePlace | null = null;
          let pages = 0;
          do {
            const page: Awaited<ReturnType<typeof findEntries>> = await inTenantSnapshot(pool, 'mine', async (client) =>
              findEntries(client, {
                tenantId: 'mine', months: await logMonths.read(client, { tenantId: 'mine', epoch: 'e1' }), where: (parameters) => filterSql(filter, parameters),
                pattern: patternOf(filter), patternOnly: isTextAlone(filter), fromTime: timeBounds(filter).from, toTime: timeBounds(filter).to,
                afterSeq, throughSeq, order, after, limit, json: `''`, budgetMs,
              }),
            );
            expect(page.rows.length).toBeLessThanOrEqual(limit);
            seen.push(...page.rows.map(({ seq }) => seq));
            after = page.next;
            pages += 1;
          } while (after !== null && seen.length < 400 && pages < 60);
          expect(seen).toEqual(wanted.slice(0, after === null ? undefined : seen.length));
          if (pages > 1) beyondOneMonth += 1;
        },
      ),
      { seed, numRuns: isFullSize() ? 600 : 40 },
    );
    expect(beyondOneMonth).toBeGreaterThan(10);
  }, 120_000);

  it('when a page at the head is read, then the older months are not looked into', async () => {
    const logMonths = createLogMonths();
    await inTenantSnapshot(pool, 'mine', async (client) => {
      const known = await logMonths.read(client, { tenantId: 'mine', epoch: 'e1' });
      expect(known.length).toBeGreaterThanOrEqual(months);
      const asked: string[] = [];
      const watched = new Proxy(client, {
        get: (target, name) => (name === 'query' ? (query: pg.QueryConfig) => { asked.push(query.text); return target.query(query); } : Reflect.get(target, name) as unknown),
      });
      await findEntries(watched, {
        tenantId: 'mine', months: known, where: () => 'true', pattern: null, patternOnly: false, fromTime: Number.NEGATIVE_INFINITY, toTime: Number.POSITIVE_INFINITY,
        afterSeq: 0, throughSeq: 3_000, order: 'desc', after: null, limit: 20, json: `''`,
      });
      expect(asked.length).toBeLessThanOrEqual(3);
    });
  });

  async function plainly({ filter, order, throughSeq, afterSeq }: { filter: Filter; order: TimeOrder; throughSeq: number; afterSeq: number }): Promise<number[]> {
    const values: unknown[] = [throughSeq, afterSeq];
    const where = filterSql(filter, { values, add: (value) => `$${String(values.push(value))}` });
    const { rows } = await owner.query<{ seq: string }>(
      `SELECT e.seq FROM entry e WHERE e.tenant_id = 'mine' AND e.seq <= $1 AND e.seq > $2 AND (${where}) ORDER BY e.event_time ${order}, e.seq ${order}`,
      values,
    );
    return rows.map(({ seq }) => Number(seq));
  }

  function patternOf(filter: Filter): string | null {
    const text = leadingText(filter);
    return text === null ? null : likePattern(text);
  }
});
