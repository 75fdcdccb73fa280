// Between which seqs the audit log can be read: its head, and the floor of what a selection reads.
import type { AuditSelection } from '../../domain/audit/audit-selection.ts';
import { valuesOf } from '../../domain/audit/audit-selection.ts';
import type { Client } from '../pool.ts';

export interface AuditBounds {
  readonly epoch: string;
  readonly head: number;
  /** The highest seq that was pruned of what the selection can mean: by the narrowest of the kept floors that covers it. */
  readonly floor: number;
  /** Of the whole log. */
  readonly wholeFloor: number;
}

/** Null when the tenant has no log. */
export async function readAuditBounds(client: Client, tenantId: string, { filter }: AuditSelection): Promise<AuditBounds | null> {
  const { rows } = await client.query<{ epoch: string; last_seq: string; floor_seq: string; floor: string }>({
    name: 'audit-bounds',
    text: `SELECT l.epoch, l.last_seq, l.floor_seq, least(l.floor_seq, ${kinds.map((kind, index) => floorOf(kind, index + 2)).join(', ')}) AS floor
      FROM tenant_log l WHERE l.tenant_id = $1`,
    values: [tenantId, valuesOf(filter, 'share_id'), valuesOf(filter, 'workspace_id'), valuesOf(filter, 'org_id'), valuesOf(filter, 'category')],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return { epoch: row.epoch, head: Number(row.last_seq), floor: Number(row.floor), wholeFloor: Number(row.floor_seq) };
}

const kinds = ['share', 'workspace', 'org', 'category'];

/** Null where the selection leaves the kind open: then it does not count. */
function floorOf(kind: string, parameter: number): string {
  return `CASE WHEN $${String(parameter)}::text[] IS NOT NULL THEN
    coalesce((SELECT max(f.floor_seq) FROM log_floor f WHERE f.tenant_id = $1 AND f.kind = '${kind}' AND f.ref = ANY ($${String(parameter)})), 0) END`;
}
