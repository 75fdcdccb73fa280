// How much the gate reads for one decision when a flood has filled its table since the connection was opened.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reserveAttempt } from '../../db/lockout/gate.ts';
import { createPlainEffects } from '../../db/plain-effect.ts';
import type { PlainEffects } from '../../db/plain-effect.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { queryAsOwner } from '../harness/owner-query.ts';

const flooded = 20_000;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  // Statistics that come by chance in between would make new plans.
  await sql('ALTER TABLE lockout_pair SET (autovacuum_enabled = false)');
});
afterAll(() => api.end());

const sql = <Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []) => queryAsOwner<Row>(api.database, text, values);

/** Rows and index entries of the table that anybody has read so far. */
async function read(pool: Pool): Promise<number> {
  await pool.query('SELECT pg_stat_force_next_flush()');
  const [row] = await sql<{ n: string }>(
    `SELECT t.seq_tup_read + coalesce(t.idx_tup_fetch, 0) + (SELECT sum(i.idx_tup_read) FROM pg_stat_user_indexes i WHERE i.relname = 'lockout_pair') AS n FROM pg_stat_user_tables t WHERE t.relname = 'lockout_pair'`,
  );
  return Number(row?.n);
}

/** When two looks see the same, everybody has told what they read. */
function settled(pool: Pool, { above }: { readonly above: number }): Promise<number> {
  return eventually(async () => {
    const [first, second] = [await read(pool), await read(pool)];
    if (first !== second || second <= above) throw new Error('not all of what was read is told yet');
    return second;
  });
}

/** Ten decisions over a table with hardly a row, a flood, and then one decision: how much that one reads. */
async function readAfterFlood(tenantId: string, effectsOf: (pool: Pool) => PlainEffects): Promise<number> {
  await api.makeTenant(tenantId);
  await sql('TRUNCATE lockout_pair');
  const pool = createPool({ url: api.database.appUrl, max: 1 });
  try {
    const gate = { ids: api.world.ids, write: effectsOf(pool).run };
    const decide = async (account: string): Promise<void> => {
      const reserved = await reserveAttempt(gate, { tenantId, actor: null, requestId: null }, { account, address: '203.0.113.7' });
      if (isRefusal(reserved)) throw new Error(reserved.message);
    };
    for (let count = 0; count < 10; count += 1) await decide(`early${String(count)}@example.com`);
    await sql(
      `INSERT INTO lockout_pair (tenant_id, id, account, address, state, due_at)
        SELECT $1, md5(n::text), 'a' || n, '10.0.0.1', '{"failures":[],"open":[],"closed":[],"lockedUntil":null}', now() FROM generate_series(1, $2::integer) AS n`,
      [tenantId, flooded],
    );
    const before = await settled(pool, { above: 0 });
    await decide('late@example.com');
    return (await settled(pool, { above: before })) - before;
  } finally {
    await pool.end();
  }
}

describe('when a flood has filled the table since the first decisions', () => {
  it('then the next decision reads its own row and little else', async () => {
    expect(await readAfterFlood('planned', (pool) => createPlainEffects({ pool }))).toBeLessThan(100);
  });

  it('then with plans that were kept from before the flood it reads all of it, as a control', async () => {
    const withKeptPlans = (pool: Pool): PlainEffects => {
      const effects = createPlainEffects({ pool });
      return { run: (tenantId, work) => effects.run(tenantId, (ask) => work((question) => ask({ ...question, name: question.name ?? `kept-${question.text.slice(0, 20)}` }))) };
    };

    expect(await readAfterFlood('kept', withKeptPlans)).toBeGreaterThan(flooded / 2);
  });
});
