// Guards that row security leaves the lists of the /api dialect their indexes: pages are walked in the order of time, and counts look at nothing else of the log.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decisionsSql } from '../../db/decision/read-decisions.ts';
import { internalLogSql } from '../../db/own-action/read-internal-log.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool, Statement } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.appUrl, max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Tables of tests are too small to be worth an index: what is asked is whether it can be used at all. */
async function planOf({ text, values }: Statement): Promise<string> {
  return inTenant(pool, 'plan', async (client) => {
    await client.query('SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN (COSTS OFF) ${text}`, values });
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
}

const page = { tenantId: 'plan', limit: 20, offset: 1_000, sortOrder: 'desc' } as const;
const period = { startDate: '2026-01-01T00:00:00Z', endDate: '2026-12-31T23:59:59Z' };

/** Those of the log. Indexes of the same columns are called alike: what they are is looked up. */
async function indexesOf(plan: string): Promise<Set<string>> {
  const names = [...plan.matchAll(/Index (?:Only )?Scan (?:Backward )?using (entry_\d\w+)/g)].map(([, name]) => name);
  return inTenant(pool, 'plan', async (client) => {
    const { rows } = await client.query<{ indexdef: string }>('SELECT indexdef FROM pg_indexes WHERE indexname = ANY ($1)', [names]);
    return new Set(rows.map(({ indexdef }) => indexdef.replace(/^.* USING /, '')));
  });
}

interface List {
  readonly name: string;
  readonly byTime: { readonly total: Statement; readonly page: Statement };
  readonly byColumn: { readonly total: Statement; readonly page: Statement };
  readonly ownRows: string;
}

const lists: readonly List[] = [
  {
    name: 'decisions',
    byTime: decisionsSql({ ...page, ...period, decision: 'forbid', provider: 'openai' }),
    byColumn: decisionsSql({ ...page, sortBy: 'provider' }),
    ownRows: 'decision IS NOT NULL',
  },
  {
    name: 'internal log',
    byTime: internalLogSql({ ...page, from: period.startDate, to: period.endDate, action: 'update_config' }),
    byColumn: internalLogSql({ ...page, sortBy: 'action' }),
    ownRows: 'own_action IS NOT NULL',
  },
];

describe.each(lists)('when the list of the $name is read as the application', ({ byTime, byColumn, ownRows }) => {
  const ownIndex = new Set([`btree (tenant_id, event_time, seq) WHERE (${ownRows})`]);

  it('then a page is walked by the index of its own rows and not sorted', async () => {
    const plan = await planOf(byTime.page);

    expect(await indexesOf(plan)).toEqual(ownIndex);
    expect(plan).toMatch(/Index Cond: \(\(tenant_id = 'plan'::text\) AND \(event_time >= /);
    expect(plan).not.toMatch(/Sort\n|Seq Scan on entry/);
  });

  it('then its length is counted along the same index', async () => {
    const plan = await planOf(byTime.total);

    expect(await indexesOf(plan)).toEqual(ownIndex);
    expect(plan).not.toContain('Seq Scan on entry');
  });

  it('then another order sorts, as a control, and reads no rows but its own', async () => {
    const plan = await planOf(byColumn.page);

    expect(await indexesOf(plan)).toEqual(ownIndex);
    expect(plan).toMatch(/Sort\n/);
  });
});
