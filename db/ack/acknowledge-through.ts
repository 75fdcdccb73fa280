// Acknowledges everything that somebody is shown up to a place in the log: in parts, each a short transaction of its own.
import type { Principal } from '../../domain/access/principal.ts';
import { refuseOutOfReach } from '../../domain/access/reach.ts';
import { blockSeqs } from '../../domain/ack/blocks.ts';
import { sourcesOf } from '../../domain/ack/sources.ts';
import { judgeCursor } from '../../domain/cursor/judge-cursor.ts';
import type { CursorPlace, Cursors } from '../../domain/cursor/cursor.ts';
import type { CurrentSelection } from '../../domain/filter/current-selection.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { asking } from '../access/ask.ts';
import { readViewer } from '../access/read-viewer.ts';
import { selectionSql } from '../access/selection-sql.ts';
import { readLogBounds } from '../journal/read-bounds.ts';
import type { Client, Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { mergeOnConflict, noBits } from './set-bits.ts';
import { readStanding } from './starts.ts';
import { scannedSql } from './unread-sql.ts';

export interface ThroughAsked {
  readonly principal: Principal;
  readonly place: CursorPlace | null;
  readonly selection: CurrentSelection;
  readonly partSeqs?: number;
}

const defaultPartSeqs = 64 * blockSeqs;

/** Answers how many were not acknowledged before. Rights are looked at anew for each part. */
export async function acknowledgeThrough(pool: Pool, cursors: Cursors, asked: ThroughAsked): Promise<number | Refusal> {
  const { principal, partSeqs = defaultPartSeqs } = asked;
  let acknowledged = 0;
  for (let afterSeq = 0, through = 1; afterSeq < through; afterSeq += partSeqs) {
    const part = await inTenant(pool, principal.tenantId, async (client) => {
      const throughSeq = await judgedThrough(client, cursors, asked);
      return isRefusal(throughSeq) ? throughSeq : acknowledgePart(client, asked, { afterSeq, throughSeq: Math.min(afterSeq + partSeqs, throughSeq) });
    });
    if (isRefusal(part)) return part;
    acknowledged += part;
    through = asked.place?.seq ?? 0;
  }
  return acknowledged;
}

/** Of a cursor the tenant, the epoch and the seq count here, not what it was narrowed to; a pruned place is still a place. */
async function judgedThrough(client: Client, cursors: Cursors, { principal: { tenantId }, place }: ThroughAsked): Promise<number | Refusal> {
  const bounds = await readLogBounds(client, { tenantId, shareId: null });
  const { epoch, head } = bounds ?? { epoch: '', head: 0 };
  const cursorAt = (seq: number): string => cursors.make(tenantId, { epoch, seq, scopeTag: null });
  const refusal = judgeCursor(place === null ? null : { ...place, scopeTag: null }, { epoch, head, floor: 0, scopeTag: null, cursorAt });
  return refusal ?? place?.seq ?? 0;
}

async function acknowledgePart(
  client: Client,
  { principal, selection }: ThroughAsked,
  { afterSeq, throughSeq }: { afterSeq: number; throughSeq: number },
): Promise<number | Refusal> {
  const ask = asking(client);
  const viewer = await readViewer(ask, principal);
  const refusal = refuseOutOfReach(selection.around, viewer);
  if (refusal !== null) return refusal;
  const { isAuditView } = selection;
  const { starts } = await readStanding(ask, principal, sourcesOf(viewer));
  const parameters = sqlParameters([principal.tenantId, principal.userId]);
  const condition = selectionSql({ selection, viewer }, parameters);
  // Watermarks speak of the ordinary view alone.
  const begun = starts.map((start) => (isAuditView ? { ...start, afterSeq, recordedFrom: '-infinity' } : { ...start, afterSeq: Math.max(start.afterSeq, afterSeq) }));
  const open = begun.filter((start) => start.afterSeq < throughSeq);
  if (open.length === 0) return 0;
  const scanned = scannedSql({ starts: open, tenant: '$1', user: '$2', isAuditView, throughSeq, condition }, parameters);
  const { rows } = await client.query<{ acknowledged: string }>({
    text: `WITH unread AS MATERIALIZED (
        SELECT (seq - 1) / ${String(blockSeqs)} AS block, ((seq - 1) % ${String(blockSeqs)})::int AS bit FROM ${scanned} WHERE is_unread
      ), written AS (
        INSERT INTO ack_block AS kept (tenant_id, user_id, block, bits)
        SELECT $1, $2, block, bit_or(set_bit(${noBits}, bit, 1)) FROM unread GROUP BY block ORDER BY block
        ${mergeOnConflict}
      )
      SELECT count(*) AS acknowledged FROM unread`,
    values: parameters.values,
  });
  return Number(rows[0]?.acknowledged ?? 0);
}
