// Guards that a filter means the same in PostgreSQL, in memory and to a naive evaluator, over random filters and entries.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { appendIn } from '../../db/journal/append-in.ts';
import { readStoredEntries } from '../../db/journal/read-stored.ts';
import { createPool } from '../../db/pool.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { filterFromJson, filterToJson } from '../../domain/filter/filter-json.ts';
import { filterSql, sqlParameters } from '../../domain/filter/filter-sql.ts';
import type { Condition, Filter } from '../../domain/filter/filter.ts';
import { matches } from '../../domain/filter/matches.ts';
import { factNames } from '../../domain/journal/entry.ts';
import type { EntryFacts, StoredEntry } from '../../domain/journal/entry.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { testSeed } from '../harness/seed.ts';
import { naivelyMeans } from './naive-evaluator.ts';
import { randomFacts, randomFilter } from './random-filter.ts';

const seed = testSeed();
const isFull = isFullSize();
const filtersPerStatement = 20;
const statements = isFull ? 1_000 : 40;
const entryCount = 150;
const tenantId = 'filters';

let database: TestDatabase;
let pool: Pool;
let entries: StoredEntry[];

beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.appUrl, max: 2 });
  await inTenant(pool, tenantId, async (client) => {
    await client.query(`INSERT INTO tenant (tenant_id, name) VALUES ($1, 'filters')`, [tenantId]);
    await client.query(`INSERT INTO tenant_log (tenant_id, epoch) VALUES ($1, 'e1')`, [tenantId]);
    await appendIn(transaction(client), tenantId, fc.sample(randomFacts, { seed, numRuns: entryCount }));
  });
  entries = [];
  for await (const page of readStoredEntries(pool, { tenantId, throughSeq: entryCount })) entries.push(...page);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('a filter', () => {
  it(`when filters and entries are random, then the database, the matcher and a naive evaluator mean the same entries (seed ${String(seed)})`, async () => {
    const seen = { none: 0, some: 0, all: 0 };
    const ops = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(randomFilter, { minLength: filtersPerStatement, maxLength: filtersPerStatement }), async (filters) => {
        const fromDatabase = await inTenant(pool, tenantId, (client) => askDatabase(client, filters));
        for (const [index, filter] of filters.entries()) {
          const naive = entries.filter((entry) => naivelyMeans(filter, { facts: factsOf(entry), recordedAt: formatInstant(entry.recordedAt) })).map(({ seq }) => seq);
          const means = matches(filterFromJson(JSON.parse(JSON.stringify(filterToJson(filter)))));
          const inMemory = entries.filter((entry) => means(entry)).map(({ seq }) => seq);
          // As texts: comparing lists by their elements would take longer than all the rest.
          expect({ filter, by: 'memory', meant: inMemory.join() }).toEqual({ filter, by: 'memory', meant: naive.join() });
          expect({ filter, by: 'database', meant: fromDatabase[index]?.join() }).toEqual({ filter, by: 'database', meant: naive.join() });
          seen[naive.length === 0 ? 'none' : naive.length === entries.length ? 'all' : 'some'] += 1;
          if (naive.length > 0 && naive.length < entries.length) countOps(filter, ops);
        }
      }),
      { seed, numRuns: statements, endOnFailure: !isFull },
    );
    // Filters that never part the entries would agree about anything.
    expect(seen.some).toBeGreaterThan(statements * filtersPerStatement * 0.2);
    for (const op of ['in', 'ip', 'from', 'to', 'text', 'either']) expect({ op, enough: (ops.get(op) ?? 0) > statements / 2 }).toEqual({ op, enough: true });
  }, isFull ? 1_800_000 : 60_000);

  it('when it is stored as JSON, then nothing else is read back, and nonsense is not read at all', () => {
    for (const filter of fc.sample(randomFilter, { seed, numRuns: 200 })) expect(filterFromJson(JSON.parse(JSON.stringify(filterToJson(filter))))).toEqual(filter);
    for (const stored of [null, {}, { version: 2, all: [] }, { version: 1, all: [{ field: 'salt', op: 'in', values: ['x'] }] }, { version: 1, all: [{ field: 'id', op: 'in', values: [] }] }])
      expect(() => filterFromJson(stored)).toThrow();
  });
});

/** Without the salt and the hashes that are read with them. */
function factsOf(entry: StoredEntry): EntryFacts {
  return Object.fromEntries(factNames.map((name) => [name, entry[name]])) as unknown as EntryFacts; // built from the list that holds every fact
}

/** Of each filter the seqs it means, by one statement for all of them. */
async function askDatabase(client: Client, filters: readonly Filter[]): Promise<number[][]> {
  const parameters = sqlParameters([tenantId]);
  const columns = filters.map((filter, index) => `array_agg(e.seq ORDER BY e.seq) FILTER (WHERE ${filterSql(filter, parameters)}) AS f${String(index)}`);
  const { rows } = await client.query<Record<string, string[] | null>>(`SELECT ${columns.join(', ')} FROM entry e WHERE e.tenant_id = $1`, parameters.values);
  return filters.map((_, index) => (rows[0]?.[`f${String(index)}`] ?? []).map(Number));
}

function countOps({ all }: Filter, ops: Map<string, number>): void {
  const count = (op: string): void => {
    ops.set(op, (ops.get(op) ?? 0) + 1);
  };
  const countOne = (condition: Condition): void => {
    if (!('either' in condition)) {
      count(condition.op);
      return;
    }
    count('either');
    for (const one of condition.either) countOps(one, ops);
  };
  for (const condition of all) countOne(condition);
}

function transaction(client: Client) {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
      return (await client.query({ text, values: [...values] })).rows as Row[];
    },
  };
}
