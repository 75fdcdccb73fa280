// What the tail asks the database: where the logs stand, and what is new in one of them.
import { touchesRights } from '../../domain/own-action/own-entry-facts.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';
import { changeJsonSql, monthsAfterSeqSql } from './change-json.ts';
import type { TailEntry, TailFacts } from './tail-ring.ts';

export interface TenantHead {
  readonly tenantId: string;
  readonly lastSeq: number;
  readonly floorSeq: number;
  readonly epoch: string;
}

export async function readHeads(pool: Pool, tenantIds: readonly string[]): Promise<TenantHead[]> {
  const { rows } = await pool.query<{ tenant_id: string; last_seq: string; floor_seq: string; epoch: string }>({
    name: 'tenant-heads',
    text: 'SELECT tenant_id, last_seq, floor_seq, epoch FROM tenant_heads($1)',
    values: [tenantIds],
  });
  return rows.map((row) => ({ tenantId: row.tenant_id, lastSeq: Number(row.last_seq), floorSeq: Number(row.floor_seq), epoch: row.epoch }));
}

export async function readNewEntries(pool: Pool, tenantId: string, afterSeq: number, limit: number): Promise<TailEntry[]> {
  const rows = await queryAs<TailRow>(pool, tenantId, {
    name: 'tail-entries',
    text: `SELECT e.seq, (extract(epoch FROM e.recorded_at) * 1000000)::bigint AS recorded_micros, e.own_action, e.outcome,
        e.activity, e.visibility, e.user_id, e.target_user_id, e.org_id, e.workspace_id, e.share_id, e.resource_type, e.resource_id,
        CASE WHEN e.change_type IS NOT NULL THEN ${changeJsonSql} END AS change
      FROM entry e WHERE e.tenant_id = $1 AND e.seq > $2 AND ${monthsAfterSeqSql} AND ${notHiddenSql} ORDER BY e.seq LIMIT $3`,
    values: [tenantId, afterSeq, limit],
  });
  return rows.map(({ seq, recorded_micros: recordedMicros, own_action: ownAction, outcome, change, ...facts }) => ({
    seq: Number(seq),
    recordedAt: Number(recordedMicros),
    shareId: facts.share_id,
    change,
    ownAction,
    touchesRights: touchesRights({ own_action: ownAction, outcome }),
    facts,
  }));
}

interface TailRow extends TailFacts {
  readonly seq: string;
  readonly recorded_micros: string;
  readonly own_action: string | null;
  readonly outcome: string;
  readonly change: string | null;
}

/** Whether rights may have changed in a stretch of the log whose entries nobody here wants to see. */
export async function touchesRightsBetween(pool: Pool, { tenantId, afterSeq, lastSeq }: { tenantId: string; afterSeq: number; lastSeq: number }): Promise<boolean> {
  const rows = await queryAs<{ own_action: string; outcome: string }>(pool, tenantId, {
    name: 'tail-rights',
    text: `SELECT DISTINCT e.own_action, e.outcome FROM entry e
      WHERE e.tenant_id = $1 AND e.seq > $2 AND e.seq <= $3 AND ${monthsAfterSeqSql} AND e.own_action IS NOT NULL`,
    values: [tenantId, afterSeq, lastSeq],
  });
  return rows.some(touchesRights);
}
