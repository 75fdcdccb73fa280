// Folds the log into the newest stamp of each field: always the same rows, whoever folds, because a stamp is its entry's recorded time.
import type { Client, Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { monthsAfterSeqSql } from '../journal/change-json.ts';

export interface Folded {
  /** Everything up to here is in the stamps. */
  readonly seq: number;
  /** False when there is more of the log than one part takes. */
  readonly isComplete: boolean;
}

/** One part, in a transaction of its own. Processes that fold the same log wait for each other. */
export function foldStamps(pool: Pool, { tenantId, partEntries = 5_000 }: { readonly tenantId: string; readonly partEntries?: number }): Promise<Folded> {
  return inTenant(pool, tenantId, async (client) => {
    const from = await lockPosition(client, tenantId);
    // Read after the lock was got, so it is not below what is folded already.
    const head = await readHead(client, tenantId);
    if (head.floorSeq > from.floorSeq) await dropPruned(client, { tenantId, floorSeq: head.floorSeq });
    const upTo = Math.min(head.lastSeq, from.seq + partEntries);
    if (upTo > from.seq) await client.query({ name: 'fold-activity', text: foldSql, values: [tenantId, from.seq, upTo] });
    if (upTo > from.seq || head.floorSeq > from.floorSeq) {
      await client.query({
        name: 'move-activity-position',
        text: 'UPDATE activity_position SET seq = $2, floor_seq = $3 WHERE tenant_id = $1',
        values: [tenantId, upTo, head.floorSeq],
      });
    }
    return { seq: upTo, isComplete: upTo === head.lastSeq };
  }, { planned: 'once' });
}

interface Position {
  readonly seq: number;
  readonly floorSeq: number;
}

async function lockPosition(client: Client, tenantId: string): Promise<Position> {
  await client.query({
    name: 'make-activity-position',
    text: 'INSERT INTO activity_position (tenant_id, seq, floor_seq) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING',
    values: [tenantId],
  });
  const { rows } = await client.query<{ seq: string; floor_seq: string }>({
    name: 'lock-activity-position',
    text: 'SELECT seq, floor_seq FROM activity_position WHERE tenant_id = $1 FOR UPDATE',
    values: [tenantId],
  });
  return { seq: Number(rows[0]?.seq ?? 0), floorSeq: Number(rows[0]?.floor_seq ?? 0) };
}

async function readHead(client: Client, tenantId: string): Promise<{ lastSeq: number; floorSeq: number }> {
  const { rows } = await client.query<{ last_seq: string; floor_seq: string }>({
    name: 'activity-head',
    text: 'SELECT last_seq, floor_seq FROM tenant_log WHERE tenant_id = $1',
    values: [tenantId],
  });
  return { lastSeq: Number(rows[0]?.last_seq ?? 0), floorSeq: Number(rows[0]?.floor_seq ?? 0) };
}

/** What was pruned leaves no trace of itself here either. */
async function dropPruned(client: Client, { tenantId, floorSeq }: { tenantId: string; floorSeq: number }): Promise<void> {
  await client.query({
    name: 'drop-pruned-activity',
    text: `DELETE FROM activity_stamp s
      WHERE s.tenant_id = $1 AND s.seq <= $2
        AND NOT EXISTS (SELECT FROM entry e WHERE e.tenant_id = $1 AND e.seq = s.seq AND e.recorded_at = s.stamped_at)`,
    values: [tenantId, floorSeq],
  });
}

// The same rules as touchedBy() of the domain, held to them by a test.
const foldSql = `
  WITH part AS MATERIALIZED (
    SELECT e.seq, e.recorded_at, e.activity, e.user_id, e.target_user_id, e.org_id, e.workspace_id, e.share_id
    FROM entry e
    WHERE e.tenant_id = $1 AND e.seq > $2 AND e.seq <= $3 AND ${monthsAfterSeqSql}
      AND e.visibility <> 'internal' AND cardinality(e.activity) > 0
  ), touched AS (
    SELECT about.subject, written.key, max(p.seq) AS seq, max(p.recorded_at) AS stamped_at
    FROM part p
      CROSS JOIN LATERAL unnest(p.activity) AS named (key)
      CROSS JOIN LATERAL (
        VALUES ('p:' || p.org_id), ('p:' || p.workspace_id), ('p:' || p.share_id), ('u:' || p.target_user_id),
          (CASE WHEN starts_with(named.key, 'upload:') THEN 'u:' || p.user_id END)
      ) AS about (subject)
      CROSS JOIN LATERAL (
        VALUES (named.key), (CASE split_part(named.key, ':', 1) WHEN 'member' THEN 'members' ELSE split_part(named.key, ':', 1) END)
      ) AS written (key)
    WHERE about.subject IS NOT NULL
    GROUP BY about.subject, written.key
  )
  INSERT INTO activity_stamp AS s (tenant_id, subject, key, is_bare, seq, stamped_at)
  SELECT $1, subject, key, strpos(key, ':') = 0, seq, stamped_at FROM touched
  ON CONFLICT (tenant_id, subject, key) DO UPDATE SET seq = excluded.seq, stamped_at = excluded.stamped_at`;
