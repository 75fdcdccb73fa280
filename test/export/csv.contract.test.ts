// CSV as the database writes it: exactly what a library that everybody trusts would write, with formulas defused.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { planParts } from '../../db/export/plan-parts.ts';
import { readPart } from '../../db/export/read-rows.ts';
import { createIds } from '../../db/ids.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import type { ExportFormat } from '../../domain/export/export.schema.ts';
import { toFilter } from '../../domain/filter/filter.schema.ts';
import type { FilterInput } from '../../domain/filter/filter.schema.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { testSeed } from '../harness/seed.ts';
import { appendFacts } from '../retention/made-run.ts';

const clock = { nowMs: () => Date.now() };
const ids = createIds(clock);
const seed = testSeed();

let database: TestDatabase;
let store: Store;
let copying: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  copying = createPool({ url: database.appUrl, max: 2, pipelined: false });
});
afterAll(async () => {
  await copying.end();
  await store.close();
  await database.drop();
});

async function logOf(names: readonly (string | null)[]): Promise<string> {
  const tenantId = `csv-${ids.next()}`;
  await createTenant({ ...store, clock, ids }, { tenantId, operator: null, requestId: null });
  await appendFacts(store, { tenantId, ids, facts: names.map((name, index) => ({ resource_name: name, path: name, resource_type: 'named', details: { name, index } })) });
  return tenantId;
}

async function written(tenantId: string, { format = 'csv', input = { resource_type: ['named'] } }: { format?: ExportFormat; input?: FilterInput } = {}): Promise<string> {
  const filter = toFilter(input);
  if (isRefusal(filter)) throw new Error(filter.message);
  const selection = { filter, held: null, scopes: [], hidden: null, viewIsWhole: true };
  const plan = await planParts(store.pool, { tenantId, selection, throughSeq: 1_000_000, partRows: 1_000 });
  const blocks: Buffer[] = [];
  for (const part of plan.parts) {
    for await (const block of readPart(copying, { tenantId, selection, format, columns: ['resource_name', 'path'], window: part, rows: part.rows })) blocks.push(block);
  }
  return Buffer.concat(blocks).toString();
}

/** As the library writes it, which has no difference between what is absent and what is empty. */
function expected(names: readonly string[]): string {
  return stringify([['resource_name', 'path'], ...names.map((name) => [name, name])], { escape_formulas: true, record_delimiter: 'windows', quoted_match: /[\n\r]/ });
}

const dangerous = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=cmd|\' /C calc\'!A0', '＝1', '＋1', '－1', '＠a', '="a""b"', '=HYPERLINK("http://x","y")'];
const awkward = ['a,b', 'say "hi"', 'two\nlines', 'two\r\nlines', ' space ', 'ünï', '😀', `'quoted'`, '\\', '\\.', '\\N', 'a;b', "O'Hara", '1-2', '{}', '"'];

describe('CSV', () => {
  it('when texts look like formulas, then a spreadsheet gets them as texts; when they are awkward, then they stay what they are', async () => {
    const names = [...dangerous, ...awkward];
    expect(await written(await logOf(names))).toBe(expected(names));
  });

  it('when a text begins with the end of a line, then it is defused too, and what is absent differs from what is empty', async () => {
    expect(await written(await logOf(['\n=1', null, '']))).toBe(`resource_name,path\r\n"'\n=1","'\n=1"\r\n,\r\n"",""\r\n`);
  });

  it(`when texts are anything at all, then the file is what the library would write (seed ${String(seed)})`, async () => {
    const text = fc.string({ unit: fc.constantFrom('=', '-', '+', '@', '\t', '\r', ',', '"', "'", '\\', 'a', 'é', '😀', ' ', '.', ';'), minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 60 }), async (names) => {
        expect(await written(await logOf(names))).toBe(expected(names));
      }),
      { seed, numRuns: 15 },
    );
  }, 20_000);

  it('when the same is asked for as JSON, then nothing is changed, and one line is one row whatever the text holds', async () => {
    const names = [...dangerous, ...awkward, '\n', '\u0001\u0002'];
    const tenantId = await logOf(names);
    const lines = (await written(tenantId, { format: 'ndjson' })).trimEnd().split('\n').map((line) => JSON.parse(line) as { path: string });
    expect(lines.map(({ path }) => path)).toEqual(names);
    expect((JSON.parse(await written(tenantId, { format: 'json' })) as { path: string }[]).map(({ path }) => path)).toEqual(names);
  });

  it('when a filter holds marks of SQL, then they are values and nothing else', async () => {
    const tenantId = await logOf(['a']);
    for (const value of [`'`, `' OR true --`, `\\'`, `\\`, `$1`, `$$`, `E'\\x'`, `");`]) {
      expect(await written(tenantId, { input: { resource_id: [value, `${value}2`], service_account: [value], q: `${value}abc` } })).toBe('resource_name,path\r\n');
    }
  });
});
