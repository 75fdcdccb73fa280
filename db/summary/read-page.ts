// The page of the feed that is to be summarised, with its numbers, as of one moment: what is counted is exactly what is shown.
import type { Viewer } from '../../domain/access/audience.ts';
import { refuseOutOfReach } from '../../domain/access/reach.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { FeedRow } from '../../domain/feed/feed-row.ts';
import type { CurrentSelection } from '../../domain/filter/current-selection.ts';
import { formatCurrentTime } from '../../domain/shared/current-time.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { SummaryMetrics } from '../../domain/summary/summary.schema.ts';
import { asking } from '../access/ask.ts';
import { readViewer } from '../access/read-viewer.ts';
import { searchFeed } from '../feed/search-feed.ts';
import type { Client, Pool } from '../pool.ts';
import { inTenant, inTenantSnapshot } from '../tenant-transaction.ts';

export interface PageAsked {
  readonly principal: Principal;
  readonly selection: CurrentSelection;
  readonly limit: number;
  readonly offset: number;
  readonly nowMs: number;
}

export interface CountedPage {
  readonly rows: readonly FeedRow[];
  /** Null for an empty page. */
  readonly metrics: SummaryMetrics | null;
}

export function readCountedPage(pool: Pool, { principal, selection, limit, offset, nowMs }: PageAsked): Promise<CountedPage | Refusal> {
  const { tenantId } = principal;
  return inTenantSnapshot(pool, tenantId, async (client) => {
    const viewer = await readViewer(asking(client), principal);
    const refused = selection.around === null ? null : refuseOutOfReach(selection.around, viewer);
    if (isRefusal(refused)) return refused;
    const rows = await searchFeed(client, { tenantId, viewer, selection, limit, offset }, { nowMs });
    return { rows, metrics: rows.length === 0 ? null : await countRows(client, { tenantId, rows }) };
  });
}

/** As the reader's rights are now. */
export function readViewerNow(pool: Pool, principal: Principal): Promise<Viewer> {
  return inTenant(pool, principal.tenantId, (client) => readViewer(asking(client), principal));
}

async function countRows(client: Client, { tenantId, rows }: { readonly tenantId: string; readonly rows: readonly FeedRow[] }): Promise<SummaryMetrics> {
  const micros = rows.map((row) => Number(row.event_micros));
  const earliest = new Date(Math.floor(Math.min(...micros) / 1000) - aheadMs);
  const { rows: counted } = await client.query<CountedRow>({
    name: 'summary-metrics',
    text: `
      WITH page AS MATERIALIZED (
        SELECT e.user_id, e.event_time, coalesce(nullif(e.sub_category, ''), e.current_category) AS category
        FROM entry e WHERE e.tenant_id = $1 AND e.id = ANY ($2::text[]) AND e.recorded_at >= $3::timestamptz
      )
      SELECT count(*)::integer AS events, count(DISTINCT user_id)::integer AS actors,
        (extract(epoch FROM min(event_time)) * 1000000)::bigint AS first, (extract(epoch FROM max(event_time)) * 1000000)::bigint AS last,
        (SELECT jsonb_object_agg(c.category, c.events) FROM (SELECT category, count(*) AS events FROM page GROUP BY category) AS c) AS categories
      FROM page`,
    values: [tenantId, rows.map(({ id }) => id), earliest],
  });
  const [row] = counted;
  if (row?.events !== rows.length) throw new Error(`${String(rows.length)} entries were read and ${String(row?.events)} counted`);
  return {
    total_events: row.events,
    unique_actors: row.actors,
    date_range: { start: formatCurrentTime(Number(row.first)), end: formatCurrentTime(Number(row.last)) },
    categories: row.categories,
  };
}

/** Producers may tell of an instant a little ahead of its recording. */
const aheadMs = 10 * 60 * 1000;

interface CountedRow {
  readonly events: number;
  readonly actors: number;
  readonly first: string;
  readonly last: string;
  readonly categories: Record<string, number>;
}
