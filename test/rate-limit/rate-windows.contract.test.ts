// Guards that a window lets exactly so many through, over any number of processes, and what happens when nobody can count.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { openRateWindows } from '../../db/rate-limit/rate-windows.ts';
import type { RateWindows } from '../../db/rate-limit/rate-windows.ts';
import type { LimitTable } from '../../domain/rate-limit/limits.ts';
import { limits } from '../../domain/rate-limit/limits.ts';
import { limitRefusal } from '../../domain/rate-limit/rate-limits.ts';
import type { LimitVerdict, LimitWish } from '../../domain/rate-limit/rate-limits.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { eventually } from '../harness/eventually.ts';

const clock = { nowMs: () => Date.now() };
const table: LimitTable = {
  ...limits,
  requests: {
    layers: [
      { dimension: 'token', windows: [{ points: 10, seconds: 60 }] },
      { dimension: 'user', windows: [{ points: 25, seconds: 60 }] },
      { dimension: 'tenant', windows: [{ points: 1_000, seconds: 60 }] },
    ],
    uncounted: 'pass',
  },
  polling: { layers: [{ dimension: 'user', windows: [{ points: 2, seconds: 1 }, { points: 3, seconds: 60 }] }], uncounted: 'pass' },
};

let database: TestDatabase;
let tenants = 0;
const strangers: TestDatabase[] = [];
const opened: { pool: Pool; windows: RateWindows }[] = [];
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  for (const { pool, windows } of opened) {
    windows.stop();
    await pool.end();
  }
  for (const one of [database, ...strangers]) await one.drop();
});

function open({ url = database.appUrl, limitTable = table }: { url?: string; limitTable?: LimitTable } = {}): { windows: RateWindows; errors: unknown[] } {
  const errors: unknown[] = [];
  const pool = createPool({ url, max: 4 });
  const windows = openRateWindows({ pool, clock, onError: (error) => errors.push(error), table: limitTable });
  opened.push({ pool, windows });
  return { windows, errors };
}

function wish(more: Partial<LimitWish['principal']> & { limit?: LimitWish['limit']; cost?: number } = {}): LimitWish {
  const { limit = 'requests', cost = 1, tenantId = `t${String(tenants)}`, userId = 'u', sessionId = 's' } = more;
  return { limit, cost, principal: { tenantId, userId, sessionId } };
}

const passed = (verdicts: readonly LimitVerdict[]): number => verdicts.filter(({ kind }) => kind === 'passed').length;

async function hundred(windows: readonly RateWindows[], asked: LimitWish): Promise<LimitVerdict[]> {
  return Promise.all(Array.from({ length: 100 }, (_, index) => (windows[index % windows.length] ?? windows[0])?.take(asked) ?? Promise.reject(new Error('none'))));
}

describe('when a hundred ask at once', () => {
  it('then exactly as many pass as the window holds', async () => {
    tenants += 1;
    const { windows, errors } = open();

    expect(passed(await hundred([windows], wish()))).toBe(10);
    expect(errors).toEqual([]);
  });

  it('then two counters on one database let no more through together', async () => {
    tenants += 1;
    const [one, two] = [open().windows, open().windows];

    expect(passed(await hundred([one, two], wish()))).toBe(10);
    expect((await one.take(wish())).kind).toBe('exhausted');
  });

  it('then counters on two databases would each let their own share through, as a control', async () => {
    tenants += 1;
    const elsewhere = await freshDatabase();
    strangers.push(elsewhere);

    expect(passed(await hundred([open().windows, open({ url: elsewhere.appUrl }).windows], wish()))).toBe(20);
  });

  it('then many tenants at once do not take from each other', async () => {
    const { windows } = open();
    const tenantIds = Array.from({ length: 10 }, (_, index) => `many${String(index)}`);
    const verdicts = await Promise.all(tenantIds.flatMap((tenantId) => Array.from({ length: 12 }, () => windows.take(wish({ tenantId })))));

    expect(passed(verdicts)).toBe(100);
  });
});

describe('when a limit has layers', () => {
  it('then another token of the user goes on until the user is used up', async () => {
    tenants += 1;
    const { windows } = open();
    const counts: number[] = [];
    for (const sessionId of ['s1', 's2', 's3']) counts.push(passed(await hundred([windows], wish({ sessionId }))));

    expect(counts).toEqual([10, 10, 5]);
    expect(await windows.take(wish({ sessionId: 's4' }))).toMatchObject({ kind: 'exhausted', standing: { dimension: 'user' } });
  });

  it('then the answer names the layer that leaves the least', async () => {
    tenants += 1;
    const { windows } = open();
    const verdict = await windows.take(wish({ cost: 4 }));

    expect(verdict).toMatchObject({ kind: 'passed', standing: { dimension: 'token', points: 10, remaining: 6, windowSeconds: 60 } });
  });

  it('then what a narrow window refuses is not counted in the wider one', async () => {
    tenants += 1;
    const { windows } = open();
    const asked = wish({ limit: 'polling' });

    expect(passed(await hundred([windows], asked))).toBe(2);
    // The narrow window ends: the wider one has counted the two that passed, and no more.
    await eventually(async () => (await windows.take(asked)).kind === 'passed', { everyMs: 50 });
    expect(await windows.take(asked)).toMatchObject({ kind: 'exhausted', standing: { windowSeconds: 60 } });
  });
});

describe('when nobody can count', () => {
  it('then reading passes, guessing is refused, and it is tried again soon', async () => {
    tenants += 1;
    const { windows, errors } = open({ url: 'postgres://nobody:nothing@127.0.0.1:1/none' });
    const [read, attempt] = [await windows.take(wish()), await windows.take(wish({ limit: 'sign-in' }))];

    expect(read).toEqual({ kind: 'uncounted' });
    expect(limitRefusal({ limit: 'requests', verdict: read })).toBeNull();
    expect(limitRefusal({ limit: 'sign-in', verdict: attempt })).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
    expect(errors).toHaveLength(1);
  });
});

describe('when a tenant looks for counts', () => {
  it('then it reaches only windows whose keys begin with its own name', async () => {
    const { windows } = open();
    await windows.take(wish({ tenantId: 'mine' }));
    await windows.take(wish({ tenantId: 'theirs' }));
    const app = new pg.Client({ connectionString: database.appUrl });
    await app.connect();
    const seen = async (tenantId: string): Promise<string[]> => {
      await app.query(`SELECT set_config('holdfast.tenant', $1, false)`, [tenantId]);
      const { rows } = await app.query<{ tenant: string }>(`SELECT DISTINCT split_part(key, ':', 1) AS tenant FROM rate_window`);
      return rows.map(({ tenant }) => tenant);
    };

    expect(await seen('mine')).toEqual(['mine']);
    expect(await seen('min')).toEqual([]);
    await app.query(`SELECT set_config('holdfast.tenant', 'mine', false)`);
    await expect(app.query(`INSERT INTO rate_window VALUES ('theirs:requests:user:60:x', 1, 1)`)).rejects.toMatchObject({ code: '42501' });
    expect((await app.query(`UPDATE rate_window SET points = 0 WHERE key LIKE 'theirs:%'`)).rowCount).toBe(0);
    await app.end();
  });

  it('then windows that have ended are taken away, of every tenant, and no others', async () => {
    const { windows } = open();
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query('DELETE FROM rate_window');
    await owner.query(`INSERT INTO rate_window VALUES ('a:x', 1, 1000), ('b:x', 1, 2000), ('a:y', 1, $1)`, [Date.now() + 60_000]);

    expect(await windows.clearEnded()).toBe(2);
    expect((await owner.query(`SELECT key FROM rate_window`)).rows).toEqual([{ key: 'a:y' }]);
    await owner.end();
  });
});
