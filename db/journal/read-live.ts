// Reads what live doors deliver: a bounded page of entries after a seq, with the bounds of the log as of the same snapshot.
import { factNames } from '../../domain/journal/entry.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { searchText } from '../../domain/journal/search-text.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import type { Micros } from '../../domain/shared/instant.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import { changesFloorSql } from './read-bounds.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';
import { changeJsonSql, monthsAfterSeqSql } from './change-json.ts';

export interface LiveEntry extends EntryFacts {
  readonly tenant_id: string;
  readonly seq: number;
  readonly recordedAt: Micros;
  /** The change row as JSON text; null for an entry that is none. */
  readonly change: string | null;
  /** What earlier changes of the same resource said of it, each key as it was said last; null where it was not asked for or nothing was said. */
  readonly earlier: JsonObject | null;
  /** Made at most once, when first asked for. */
  readonly search_text: string;
}

/** Which entries of a part of the log are read at all; doors look at each once more. */
export type LiveSelection =
  | { readonly kind: 'all' }
  /** What the audit log shows: all but what has left it. */
  | { readonly kind: 'audit' }
  | { readonly kind: 'profile'; readonly type: 'org' | 'workspace' | 'share'; readonly id: string }
  | { readonly kind: 'user'; readonly id: string }
  /** Change rows, and what Holdfast itself tells sync clients. */
  | { readonly kind: 'sync' }
  /** Authorization decisions, and the actions of administrators. */
  | { readonly kind: 'decisions' };

export interface LiveQuery {
  readonly tenantId: string;
  readonly afterSeq: number;
  /** Nothing above it is read. */
  readonly throughSeq: number;
  readonly selection: LiveSelection;
  readonly withEarlier: boolean;
  readonly limit: number;
}

export interface LivePage {
  readonly entries: readonly LiveEntry[];
  /** Everything selected up to it was read. */
  readonly throughSeq: number;
  readonly head: number;
  /** The highest pruned seq of what is selected. */
  readonly floor: number;
  readonly epoch: string;
}

/** However few entries are selected, one statement looks through so many at most. */
const windowSeqs = 20_000;
/** About so much is read at once, and one entry at least: entries may be large, and readers many. */
const pageBytes = 4 * 1024 * 1024;
/** About so much of what earlier changes said comes with one entry. */
const earlierBytes = 64 * 1024;

/** An entry, or none where there is nothing to read, beside the bounds of its log. */
export interface LiveRow extends EntryFacts {
  readonly tenant_id: string;
  readonly seq: string | null;
  readonly recorded_micros: string;
  readonly change: string | null;
  readonly earlier: JsonObject | null;
  readonly head: string;
  readonly floor: string;
  readonly log_epoch: string;
}

interface PageRow extends LiveRow {
  readonly own_bytes: string | null;
  readonly own_bytes_before: string | null;
  readonly bytes_before: string | null;
  readonly found: string | null;
}

/** Null when the tenant has no log. */
export async function readLivePage(pool: Pool, query: LiveQuery): Promise<LivePage | null> {
  const { tenantId, afterSeq, limit, selection, withEarlier } = query;
  const lastSeq = Math.min(query.throughSeq, afterSeq + windowSeqs);
  const { condition, value } = selected(selection);
  const rows = await queryAs<PageRow>(pool, tenantId, {
    name: `live-${nameOf(selection)}${withEarlier ? '-earlier' : ''}`,
    text: pageSql({ condition, floor: floorOf(selection), withEarlier }),
    values: [tenantId, afterSeq, lastSeq, limit, ...(value === null ? [] : [value])],
  });
  const [first] = rows;
  if (first === undefined) return null;
  const entries = rows.filter(({ seq }) => seq !== null).map(({ own_bytes: _own, own_bytes_before: _ownBefore, bytes_before: _before, found: _found, ...row }) => asEntry(row));
  return {
    entries,
    throughSeq: entries.length === limit || entries.length < Number(first.found ?? 0) ? (entries.at(-1)?.seq ?? lastSeq) : lastSeq,
    ...boundsOf(first),
  };
}

export function boundsOf({ head, floor, log_epoch: epoch }: LiveRow): Pick<LivePage, 'head' | 'floor' | 'epoch'> {
  return { head: Number(head), floor: Number(floor), epoch };
}

export function asEntry({ head: _head, floor: _floor, log_epoch: _epoch, seq, recorded_micros: micros, ...rest }: LiveRow): LiveEntry {
  let text: string | undefined;
  return {
    ...rest,
    seq: Number(seq),
    recordedAt: Number(micros),
    get search_text() {
      text ??= searchText(rest);
      return text;
    },
  };
}

function nameOf(selection: LiveSelection): string {
  return selection.kind === 'profile' ? selection.type : selection.kind;
}

function selected(selection: LiveSelection): { readonly condition: string; readonly value: string | null } {
  switch (selection.kind) {
    case 'all':
      return { condition: 'true', value: null };
    case 'audit':
      return { condition: stillInViewSql('audit'), value: null };
    case 'profile':
      return { condition: `e.${selection.type}_id = $5`, value: selection.id };
    case 'user':
      return { condition: '(e.target_user_id = $5 OR e.user_id = $5)', value: selection.id };
    case 'sync':
      return { condition: `((e.change_type IS NOT NULL AND ${stillInViewSql('changes')}) OR e.own_action IN ('force_sync', 'update_sync_preference'))`, value: null };
    case 'decisions':
      return { condition: `(e.decision IS NOT NULL OR e.own_action IS NOT NULL) AND ${stillInViewSql('audit')}`, value: null };
  }
}

/** The narrowest floor that covers the reading. */
function floorOf(selection: LiveSelection): string {
  if (selection.kind === 'sync') return `greatest(l.floor_seq, (${changesFloorSql}))`;
  if (selection.kind !== 'profile') return 'l.floor_seq';
  return `coalesce((SELECT f.floor_seq FROM log_floor f WHERE f.tenant_id = $1 AND f.kind = '${selection.type}' AND f.ref = $5), 0)`;
}

/** Over `entry` under the alias e. */
export const liveColumnsSql = `e.tenant_id, e.seq, (extract(epoch FROM e.recorded_at) * 1000000)::bigint AS recorded_micros,
  CASE WHEN e.change_type IS NOT NULL THEN ${changeJsonSql} END AS change, ${factNames.map((name) => (name === 'event_time' ? 'iso_utc(e.event_time) AS event_time' : `e.${name}`)).join(', ')}`;

/** The same; $1 tenant. */
export const earlierSql = `CASE WHEN e.change_type IN ('created', 'updated', 'moved', 'renamed') THEN said_before($1, e.resource_type, e.resource_id, e.seq, ${String(earlierBytes)}) END`;

// What is too much is dropped before anything earlier is looked up for it; OFFSET 0 keeps what was looked up from being looked up again for its size.
function pageSql({ condition, floor, withEarlier }: { condition: string; floor: string; withEarlier: boolean }): string {
  return `
    SELECT l.last_seq AS head, ${floor} AS floor, l.epoch AS log_epoch, page.*
    FROM tenant_log l LEFT JOIN LATERAL (
      SELECT * FROM (
        SELECT whole.*, sum(whole.own_bytes + coalesce(octet_length(whole.earlier::text), 0)) OVER (ORDER BY whole.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
        FROM (
          SELECT e.*, ${withEarlier ? earlierSql : 'NULL::jsonb'} AS earlier
          FROM (
            SELECT weighed.*, count(*) OVER () AS found,
              sum(weighed.own_bytes) OVER (ORDER BY weighed.seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS own_bytes_before
            FROM (
              SELECT selected.*, ${ownBytesSql} AS own_bytes
              FROM (
                SELECT ${liveColumnsSql} FROM entry e
                WHERE e.tenant_id = $1 AND e.seq > $2 AND e.seq <= $3 AND ${condition} AND ${monthsAfterSeqSql} AND ${notHiddenSql}
                ORDER BY e.seq LIMIT $4
              ) AS selected
              OFFSET 0
            ) AS weighed
          ) AS e
          WHERE coalesce(e.own_bytes_before, 0) < ${String(pageBytes)}
          OFFSET 0
        ) AS whole
      ) AS summed
      WHERE coalesce(summed.bytes_before, 0) < ${String(pageBytes)}
    ) AS page ON true
    WHERE l.tenant_id = $1
    ORDER BY page.seq`;
}

/** A change row carries its metadata twice: by itself, and in its JSON. */
const ownBytesSql = `coalesce(octet_length(selected.change) * 2, 0) + coalesce(octet_length(selected.details::text), 0)`;
