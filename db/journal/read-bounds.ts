// Between which seqs a log, or what one reads of it, can be read.
import type { Client } from '../pool.ts';

export interface LogBounds {
  readonly epoch: string;
  readonly head: number;
  /** The highest seq that was pruned of what is read. */
  readonly floor: number;
}

/** Null when the tenant has no log. With a share, its own floor applies. */
export async function readLogBounds(client: Client, { tenantId, shareId }: { tenantId: string; shareId: string | null }): Promise<LogBounds | null> {
  const { rows } = await client.query<{ epoch: string; head: string; floor: string }>({
    name: 'log-bounds',
    text: `SELECT l.epoch, l.last_seq AS head, ${floorSql('$2')} AS floor FROM tenant_log l WHERE l.tenant_id = $1`,
    values: [tenantId, shareId],
  });
  const [row] = rows;
  return row === undefined ? null : { epoch: row.epoch, head: Number(row.head), floor: Number(row.floor) };
}

/** The highest seq that left the change log while the entry itself is still there; null when none did. $1 is the tenant. */
export const changesFloorSql = `SELECT f.floor_seq FROM log_floor f WHERE f.tenant_id = $1 AND f.kind = 'changes' AND f.ref = ''`;

/** Of the change log: the narrowest floor that covers the reading; `share` is a parameter that is null when all shares are read. Needs tenant_log under the alias l. */
export function floorSql(share: '$2' | '$4'): string {
  return `CASE WHEN ${share}::text IS NULL THEN greatest(l.floor_seq, (${changesFloorSql}))
    ELSE coalesce((SELECT max(f.floor_seq) FROM log_floor f WHERE f.tenant_id = $1 AND f.kind IN ('share', 'changes_of_share') AND f.ref = ${share}), 0) END`;
}
