// Guards that row security leaves the feed its indexes: a page is walked in their order, never sorted, and counting the unread begins at a place of the log.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scannedSql } from '../../db/ack/unread-sql.ts';
import { searchFeedSql } from '../../db/feed/search-feed.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { noProfiles } from '../../domain/access/audience.ts';
import type { Viewer } from '../../domain/access/audience.ts';
import { sourcesOf } from '../../domain/ack/sources.ts';
import { toCurrentSelection } from '../../domain/filter/current-selection.ts';
import type { CurrentSelectionInput } from '../../domain/filter/current-selection.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
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

const viewer: Viewer = {
  userId: 'u0',
  isSentAway: false,
  administersAll: false,
  seen: { org: new Set(['o1']), workspace: new Set(['w1']), share: new Set(['s1', 's2']) },
  administered: { ...noProfiles, share: new Set(['s2']) },
  within: null,
};

/** Tables of tests are too small to be worth an index: what is asked is whether it can be used at all. */
async function planOf({ text, values }: { text: string; values: readonly unknown[] }): Promise<string> {
  return inTenant(pool, 'plan', async (client) => {
    await client.query('SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN (COSTS OFF) ${text}`, values: [...values] });
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
}

describe('when the feed is read as the application', () => {
  it.each<[string, CurrentSelectionInput]>([
    ['workspace_id', { workspace_id: 'w1' }],
    ['share_id', { share_id: 's1', 'created-max': '2026-01-01 00:00:00' }],
    ['org_id', { org_id: 'o1', category: 'org' }],
    ['target_user_id', { user_id: 'u0' }],
    ['parent_event_id', { parent_event_id: 'abc' }],
  ])('then a page around %s is walked by its index and not sorted', async (column, input) => {
    const selection = toCurrentSelection(input);
    if (isRefusal(selection)) throw new Error(selection.message);
    const plan = await planOf(searchFeedSql({ tenantId: 'plan', viewer, selection, limit: 100, offset: 100_000 }));

    expect(plan).toMatch(new RegExp(`Index Scan using entry_\\d{4}_\\d{2}_tenant_id_${column}_event_time_seq_idx`));
    expect(plan).toMatch(new RegExp(`Index Cond: \\(\\(tenant_id = 'plan'::text\\) AND \\(${column} = `));
    expect(plan).not.toMatch(/Sort\n|Seq Scan on entry/);
  });

  it('then the unread are found from a place of the log on, by each way', async () => {
    const parameters = sqlParameters(['plan', 'u0']);
    const starts = sourcesOf(viewer).map((source) => ({ source, afterSeq: 1_000, recordedFrom: '2026-01-01T00:00:00Z' }));
    const scanned = scannedSql({ starts, tenant: '$1', user: '$2', isAuditView: false, throughSeq: 2_000 }, parameters);
    const plan = await planOf({ text: `SELECT count(*) FROM ${scanned} WHERE is_unread`, values: parameters.values });

    for (const column of ['share_id', 'workspace_id', 'org_id', 'user_id', 'target_user_id']) {
      expect(plan).toMatch(new RegExp(`Index Cond: \\(\\(tenant_id = 'plan'::text\\) AND \\(${column} = [^\\n]*seq > s\\.after_seq`));
    }
    expect(plan).not.toContain('Seq Scan on entry');
  });
});
