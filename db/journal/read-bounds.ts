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

/** The narrowest floor that covers the reading; `share` is a parameter that is null when all shares are read. Needs tenant_log under the alias l. */
export function floorSql(share: '$2' | '$4'): string {
  return `CASE WHEN ${share}::text IS NULL THEN l.floor_seq
    ELSE coalesce((SELECT f.floor_seq FROM log_floor f WHERE f.tenant_id = $1 AND f.kind = 'share' AND f.ref = ${share}), 0) END`;
}
