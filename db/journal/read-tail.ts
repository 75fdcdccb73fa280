// What the tail asks the database: where the logs stand, and what is new in one of them.
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';
import { changeJsonSql, monthsAfterSeqSql } from './change-json.ts';
import type { TailEntry } from './tail-ring.ts';

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
  const rows = await queryAs<{ seq: string; share_id: string | null; own_action: string | null; change: string | null }>(pool, tenantId, {
    name: 'tail-entries',
    text: `SELECT e.seq, e.share_id, e.own_action, CASE WHEN e.change_type IS NOT NULL THEN ${changeJsonSql} END AS change
      FROM entry e WHERE e.tenant_id = $1 AND e.seq > $2 AND ${monthsAfterSeqSql} ORDER BY e.seq LIMIT $3`,
    values: [tenantId, afterSeq, limit],
  });
  return rows.map((row) => ({ seq: Number(row.seq), shareId: row.share_id, change: row.change, ownAction: row.own_action }));
}
