// How much somebody has not read yet: exact as of one moment, per profile and in total.
import type { Principal } from '../../domain/access/principal.ts';
import { blockSeqs } from '../../domain/ack/blocks.ts';
import { sourcesOf } from '../../domain/ack/sources.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { isInOneOf } from '../access/audience-sql.ts';
import { readViewer } from '../access/read-viewer.ts';
import type { Pool } from '../pool.ts';
import { inTenant, inTenantSnapshot } from '../tenant-transaction.ts';
import { readStanding } from './starts.ts';
import type { Start } from './starts.ts';
import { scannedSql } from './unread-sql.ts';
import { keepWatermarks } from './watermarks.ts';
import type { Marks } from './watermarks.ts';

export interface Unread {
  /** Profiles with something unread, by id. */
  readonly profiles: Readonly<Record<string, number>>;
  readonly total: number;
}

/** The watermarks that the count found out are kept in a transaction of their own: counting itself writes nothing. */
export async function countUnread(pool: Pool, principal: Principal): Promise<Unread> {
  const { tenantId } = principal;
  const { unread, marks } = await inTenantSnapshot(pool, tenantId, (client) => count(asking(client), principal));
  if (marks.marks.length > 0) await inTenant(pool, tenantId, (client) => keepWatermarks(asking(client), principal, marks));
  return unread;
}

interface Count {
  readonly unread: Unread;
  readonly marks: Marks;
}

async function count(ask: Ask, principal: Principal): Promise<Count> {
  const viewer = await readViewer(ask, principal);
  const { head, withdrawals, quarantineEnds, starts: all } = await readStanding(ask, principal, sourcesOf(viewer));
  const starts = all.filter(({ afterSeq }) => afterSeq < head);
  if (starts.length === 0) return { unread: { profiles: {}, total: 0 }, marks: { marks: [], withdrawals, quarantineEnds } };
  const parameters = sqlParameters([principal.tenantId, principal.userId]);
  const limited = viewer.within === null ? {} : { condition: isInOneOf(viewer.within, parameters) };
  const scanned = scannedSql({ starts, tenant: '$1', user: '$2', isAuditView: false, throughSeq: head, ...limited }, parameters);
  const rows = await ask<Counted>({ name: '', text: countSql(scanned), values: parameters.values });
  // What a limited token sees says nothing about the rest of what its user sees.
  return { unread: addedUp(rows), marks: { marks: viewer.within === null ? marksOf(rows, { starts, head }) : [], withdrawals, quarantineEnds } };
}

interface Counted {
  readonly place: string;
  readonly org_id: string | null;
  readonly workspace_id: string | null;
  readonly share_id: string | null;
  readonly scanned: string;
  readonly unread: string;
  readonly first_unread: string | null;
}

function countSql(scanned: string): string {
  return `SELECT place, org_id, workspace_id, share_id, count(*) AS scanned, count(*) FILTER (WHERE is_unread) AS unread, min(seq) FILTER (WHERE is_unread) AS first_unread
    FROM ${scanned} GROUP BY place, org_id, workspace_id, share_id`;
}

/** Rows looked at for nothing, or seqs passed over, from which on a watermark is worth a write: a source that shows nothing must not keep old months in the plan. */
const worthKeeping = { rows: 100, seqs: blockSeqs };

function marksOf(rows: readonly Counted[], { starts, head }: { starts: readonly Start[]; head: number }): Marks['marks'] {
  const byPlace = Map.groupBy(rows, ({ place }) => Number(place));
  return starts.flatMap(({ source, afterSeq }, index) => {
    const ways = byPlace.get(index + 1) ?? [];
    const wasted = ways.reduce((sum, { scanned, unread }) => sum + Number(scanned) - Number(unread), 0);
    const seq = ways.reduce((least, { first_unread: first }) => (first === null ? least : Math.min(least, Number(first) - 1)), head);
    const isWorthIt = seq > afterSeq && (wasted >= worthKeeping.rows || seq - afterSeq >= worthKeeping.seqs);
    return isWorthIt ? [{ source, seq }] : [];
  });
}

function addedUp(rows: readonly Counted[]): Unread {
  const profiles = new Map<string, number>();
  let total = 0;
  for (const { org_id: org, workspace_id: workspace, share_id: share, unread } of rows) {
    const count = Number(unread);
    if (count === 0) continue;
    total += count;
    for (const id of new Set([org, workspace, share])) if (id !== null) profiles.set(id, (profiles.get(id) ?? 0) + count);
  }
  return { profiles: Object.fromEntries(profiles), total };
}
