// A page of the feed by offset: keys first, sorted and skipped by index; whole rows for the page alone.
import type { Viewer } from '../../domain/access/audience.ts';
import type { FeedRow } from '../../domain/feed/feed-row.ts';
import type { CurrentSelection } from '../../domain/filter/current-selection.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { selectionSql } from '../access/selection-sql.ts';
import { acknowledgedSql } from '../ack/acknowledged-sql.ts';
import type { Client } from '../pool.ts';
import { feedColumnsSql } from './feed-columns.ts';

export interface FeedSearch {
  readonly tenantId: string;
  readonly viewer: Viewer;
  readonly selection: CurrentSelection;
  readonly limit: number;
  readonly offset: number;
}

/**
 * The newest months are tried first: planning over many months costs more than reading a page. A page they fill is the page, because whatever was recorded
 * before them tells of an earlier time; one they do not fill is read from all months.
 */
export async function searchFeed(client: Client, search: FeedSearch, { nowMs }: { readonly nowMs: number }): Promise<readonly FeedRow[]> {
  if (search.offset + search.limit <= recentRows) {
    const { rows } = await client.query<FeedRow>(searchFeedSql(search, recentBounds(nowMs)));
    if (rows.length === search.limit) return rows;
  }
  const { rows } = await client.query<FeedRow>(searchFeedSql(search));
  return rows;
}

const recentRows = 2_000;
const recentMs = 35 * 24 * 60 * 60 * 1000;
/** Producers may tell of an instant a little ahead. */
const aheadMs = 10 * 60 * 1000;

export interface FeedBounds {
  readonly recordedFrom: Date;
  readonly eventsFrom: Date;
}

export function recentBounds(nowMs: number): FeedBounds {
  return { recordedFrom: new Date(nowMs - recentMs), eventsFrom: new Date(nowMs - recentMs + aheadMs) };
}

export function searchFeedSql(
  { tenantId, viewer, selection, limit, offset }: FeedSearch,
  bounds: FeedBounds | null = null,
): { text: string; values: unknown[] } {
  const reader = { tenant: '$1', user: '$2' };
  const parameters = sqlParameters([tenantId, viewer.userId]);
  const conditions = [selectionSql({ selection, viewer }, parameters)];
  if (selection.acknowledged !== null) conditions.push(`${selection.acknowledged ? '' : 'NOT '}(${acknowledgedSql(reader)})`);
  // Of both readings of the log, or the second is planned over all months.
  const recorded = bounds === null ? '' : ` AND e.recorded_at >= ${parameters.add(bounds.recordedFrom)}::timestamptz`;
  if (bounds !== null) conditions.push(`e.event_time >= ${parameters.add(bounds.eventsFrom)}::timestamptz`);
  const text = `
    SELECT ${feedColumnsSql(reader)}
    FROM (
      SELECT e.seq, e.recorded_at, e.event_time
      FROM entry e
      WHERE e.tenant_id = $1 AND ${conditions.join(' AND ')}${recorded}
      ORDER BY e.event_time DESC, e.seq DESC
      LIMIT ${parameters.add(limit)}::bigint OFFSET ${parameters.add(offset)}::bigint
    ) AS found
      JOIN entry e ON e.tenant_id = $1 AND e.seq = found.seq AND e.recorded_at = found.recorded_at${recorded}
    ORDER BY found.event_time DESC, found.seq DESC`;
  return { text, values: parameters.values };
}
