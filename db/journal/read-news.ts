// Reads what was told a moment ago: the few entries right after a place that is known, for live doors that wait for nothing else.
import { formatInstant } from '../../domain/shared/instant.ts';
import type { Micros } from '../../domain/shared/instant.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import type { Client, Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';
import { asEntry, boundsOf, earlierSql, liveColumnsSql } from './read-live.ts';
import type { LivePage, LiveRow } from './read-live.ts';

/** What somebody who follows the log has to know of what comes next. */
export interface NewsWish {
  readonly withEarlier: boolean;
  /** Nothing that comes next was recorded earlier: no month before it is opened. */
  readonly recordedFrom: Micros;
}

export interface NewsQuery extends NewsWish {
  readonly tenantId: string;
  readonly afterSeq: number;
  readonly throughSeq: number;
}

/** What was read together with its writing. */
export interface FreshPage extends LivePage {
  readonly afterSeq: number;
  /** As it was wished then: whoever came meanwhile may wish for more. */
  readonly withEarlier: boolean;
}

/** With all they carry so many are no more than a page may hold: they need not be weighed first, which takes twice as long as to read them. */
export const fewEntries = 16;

/** Null when the tenant has no log. */
export async function readNews(pool: Pool, { tenantId, afterSeq, recordedFrom, throughSeq, withEarlier }: NewsQuery): Promise<LivePage | null> {
  const lastSeq = Math.min(throughSeq, afterSeq + fewEntries);
  const rows = await queryAs<LiveRow>(pool, tenantId, {
    name: nameOf('news', withEarlier),
    text: newsSql({ between: 'e.seq > $2 AND e.seq <= $3', from: '$4', withEarlier }),
    values: [tenantId, afterSeq, lastSeq, formatInstant(recordedFrom)],
  });
  return rows[0] === undefined ? null : pageOf(rows, rows[0], lastSeq);
}

/** Sent behind what writes so many entries, in its transaction and under its lock: they are the last of the log. Null where nobody wishes it, or there are too many of them. */
export async function readJustWritten(client: Client, { tenantId, entries, wish }: { tenantId: string; entries: number; wish: NewsWish | null }): Promise<FreshPage | null> {
  if (wish === null || entries === 0 || entries > fewEntries) return null;
  const { withEarlier, recordedFrom } = wish;
  const { rows } = await client.query<LiveRow>({
    name: nameOf('just-written', withEarlier),
    text: newsSql({ between: 'e.seq > l.last_seq - $2::bigint', from: '$3', withEarlier }),
    values: [tenantId, entries, formatInstant(recordedFrom)],
  });
  if (rows[0] === undefined) return null;
  const page = pageOf(rows, rows[0], Number(rows[0].head));
  return { ...page, afterSeq: page.head - entries, withEarlier };
}

function pageOf(rows: readonly LiveRow[], bounds: LiveRow, throughSeq: number): LivePage {
  return { entries: rows.filter(({ seq }) => seq !== null).map(asEntry), throughSeq, ...boundsOf(bounds) };
}

function nameOf(name: string, withEarlier: boolean): string {
  return withEarlier ? `${name}-earlier` : name;
}

function newsSql({ between, from, withEarlier }: { between: string; from: string; withEarlier: boolean }): string {
  return `
    SELECT l.last_seq AS head, l.floor_seq AS floor, l.epoch AS log_epoch, page.*
    FROM tenant_log l LEFT JOIN LATERAL (
      SELECT ${liveColumnsSql}, ${withEarlier ? earlierSql : 'NULL::jsonb'} AS earlier FROM entry e
      WHERE e.tenant_id = $1 AND ${between} AND e.recorded_at >= ${from}::timestamptz AND ${notHiddenSql} ORDER BY e.seq
    ) AS page ON true
    WHERE l.tenant_id = $1
    ORDER BY page.seq`;
}
