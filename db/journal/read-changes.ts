// One page of the change log: rows, head and floors as of one snapshot.
import type { Client } from '../pool.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import { changeJsonSql, monthsAfterSeqSql } from './change-json.ts';
import { floorSql } from './read-bounds.ts';

export interface ChangesQuery {
  readonly tenantId: string;
  readonly afterSeq: number;
  readonly limit: number;
  /** The shares the reader may see; null means all. */
  readonly shareIds: readonly string[] | null;
  /** The share the reader asked for; its own floor applies then. */
  readonly shareId: string | null;
}

export interface ChangesPage {
  /** The rows as JSON objects joined by commas; empty when there are none. */
  readonly rows: string;
  readonly count: number;
  readonly hasMore: boolean;
  /** The seq of the last row of the page. */
  readonly lastRowSeq: number | null;
  readonly head: number;
  readonly floor: number;
  readonly epoch: string;
}

/** A page ends with the row that comes to this, however many were asked for: five thousand heavy ones are more than a process can hold as one text. */
const pageBytes = 8 * 1024 * 1024;

/** So many rows make no page too heavy, if none of them is heavier than its part of it. */
export const mostUnweighed = 1_000;
const lightBytes = Math.floor(pageBytes / mostUnweighed);

interface PageRow {
  readonly rows: string | null;
  readonly taken: string;
  readonly last_row_seq: string | null;
  readonly has_more: boolean;
  readonly last_seq: string;
  readonly floor_seq: string;
  readonly epoch: string;
}

/** Null when the tenant has no log. */
export async function readChanges(client: Client, query: ChangesQuery): Promise<ChangesPage | null> {
  const row = await readPage<PageRow>(client, { query, name: 'changes', page: weighedPage });
  return row === null ? null : pageOf(row);
}

/** For at most `mostUnweighed` rows. To add up what they weigh takes a tenth of a page's time, and nearly all are light: where one is not, `'heavy'` is the answer, and the page has to be read by `readChanges`. */
export async function readLightChanges(client: Client, query: ChangesQuery): Promise<ChangesPage | 'heavy' | null> {
  const row = await readPage<PageRow & { readonly light: boolean }>(client, { query, name: 'light-changes', page: lightPage });
  if (row === null) return null;
  return row.light ? pageOf(row) : 'heavy';
}

function pageOf(row: PageRow): ChangesPage {
  return {
    rows: row.rows ?? '',
    count: Number(row.taken),
    hasMore: row.has_more,
    lastRowSeq: row.last_row_seq === null ? null : Number(row.last_row_seq),
    head: Number(row.last_seq),
    floor: Number(row.floor_seq),
    epoch: row.epoch,
  };
}

interface Reading {
  readonly query: ChangesQuery;
  readonly name: string;
  readonly page: (found: string) => string;
}

async function readPage<Row extends PageRow>(client: Client, { query: { tenantId, afterSeq, limit, shareIds, shareId }, name, page }: Reading): Promise<Row | null> {
  const matching = `e.tenant_id = $1 AND e.change_type IS NOT NULL ${shareIds === null ? '' : 'AND e.share_id = ANY ($5)'} AND ${monthsAfterSeqSql} AND ${notHiddenSql} AND ${stillInViewSql('changes')}`;
  const found = `SELECT e.seq, ${changeJsonSql} AS json FROM entry e WHERE ${matching} AND e.seq > $2 ORDER BY e.seq LIMIT $3`;
  const { rows } = await client.query<Row>({
    name: `${name}-of-${shareIds === null ? 'all' : 'shares'}`,
    text: `
      SELECT page.*, l.last_seq, l.epoch, ${floorSql('$4')} AS floor_seq,
        page.taken < page.found OR (page.found = $3 AND EXISTS (SELECT FROM entry e WHERE ${matching} AND e.seq > page.last_row_seq)) AS has_more
      FROM tenant_log l, LATERAL (${page(found)}) AS page
      WHERE l.tenant_id = $1`,
    values: [tenantId, afterSeq, limit, shareId, ...(shareIds === null ? [] : [shareIds])],
  });
  return rows[0] ?? null;
}

function weighedPage(found: string): string {
  return `
        SELECT string_agg(json, ',') FILTER (WHERE bytes_before < ${String(pageBytes)}) AS rows, count(*) FILTER (WHERE bytes_before < ${String(pageBytes)}) AS taken,
          count(*) AS found, max(seq) FILTER (WHERE bytes_before < ${String(pageBytes)}) AS last_row_seq
        FROM (
          SELECT seq, json, sum(octet_length(json)) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) - octet_length(json) AS bytes_before FROM (${found}) AS found ORDER BY seq
        ) AS weighed`;
}

function lightPage(found: string): string {
  return `
        SELECT string_agg(json, ',') FILTER (WHERE octet_length(json) <= ${String(lightBytes)}) AS rows, coalesce(max(octet_length(json)), 0) <= ${String(lightBytes)} AS light,
          count(*) AS taken, count(*) AS found, max(seq) AS last_row_seq
        FROM (${found}) AS found`;
}
