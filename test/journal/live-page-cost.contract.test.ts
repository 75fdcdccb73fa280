// What earlier changes said of a resource is unpacked no further than it is told, however many light rows stand behind heavy ones.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readLivePage } from '../../db/journal/read-live.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { queryAsOwner } from '../harness/owner-query.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.appUrl, max: 1 });
  await writeLog();
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** 20 changes that say much of one resource, and behind them 250 that say nothing. What they say is kept packed, outside of its row. */
async function writeLog(): Promise<void> {
  await queryAsOwner(database, `INSERT INTO tenant (tenant_id, name) VALUES ('t', 'T')`);
  await queryAsOwner(
    database,
    `INSERT INTO entry (tenant_id, seq, recorded_at, id, event_time, event_type, event, category, severity, action, outcome, current_category, sub_category, visibility, permission,
       notification, activity, share_id, resource_type, resource_id, change_type, change_metadata, salt, leaf, link, search_text)
     SELECT 't', n, now(), 'L' || lpad(n::text, 25, '0'), now(), 'file.update', 'x', 'file_modification', 'info', 'update', 'success', 'share', 'storage', 'external', 'member', 'none', '{}', 'shr_1', 'file',
       'fil_1', 'updated', CASE WHEN n <= 20 THEN jsonb_build_object('text', repeat(noise, 25)) END, '\\x00', '\\x00', '\\x00', 'x'
     FROM generate_series(1, 270) AS n, (SELECT string_agg(md5(m::text), '') AS noise FROM generate_series(1, 75) AS m) AS made`,
  );
  await queryAsOwner(database, `INSERT INTO tenant_log (tenant_id, epoch, last_seq, last_recorded_at) VALUES ('t', 'e1', 270, now())`);
}

/** How often a page of what is kept outside of its row has been read so far, by this connection. */
async function unpacked(): Promise<number> {
  await pool.query('SELECT pg_stat_force_next_flush()');
  const [row] = await queryAsOwner<{ reads: string }>(
    database,
    `SELECT sum(toast_blks_hit + toast_blks_read) AS reads FROM pg_statio_user_tables WHERE relname LIKE 'entry_%'`,
  );
  return Number(row?.reads);
}

describe('a page of 250 light rows', () => {
  it('when twenty heavy ones of the same resource stand before them, then two of these are unpacked for each, and not all', async () => {
    const before = await unpacked();
    const page = await readLivePage(pool, { tenantId: 't', afterSeq: 20, throughSeq: 270, selection: { kind: 'sync' }, withEarlier: true, limit: 250 });
    const reads = (await unpacked()) - before;

    expect(page?.entries.length).toBeGreaterThan(50);
    expect(page?.entries[0]?.earlier).toMatchObject({ text: expect.any(String) });
    expect(reads).toBeGreaterThanOrEqual(250);
    expect(reads).toBeLessThan(250 * 2 * 4);
  });

  it('when as much may be told as there is, as a control, then all twenty are unpacked', async () => {
    const before = await unpacked();
    await queryAs(pool, 't', { text: `SELECT said_before('t', 'file', 'fil_1', 21, 100000000)` });

    expect((await unpacked()) - before).toBeGreaterThanOrEqual(20);
  });
});
