// A page of entries in the order of their event time: months are walked one after the other, and no further than the page needs.
import type { SqlParameters } from '../../domain/filter/filter-sql.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { Micros } from '../../domain/shared/instant.ts';
import type { Client } from '../pool.ts';
import { leadOf } from './lead-of.ts';
import { edgesOfMonth } from './log-months.ts';
import type { LogMonth } from './log-months.ts';

export type TimeOrder = 'asc' | 'desc';

/** The last entry that was shown; the page begins behind it. */
export interface TimePlace {
  readonly eventTime: Micros;
  readonly seq: number;
}

export interface EntryQuery {
  readonly tenantId: string;
  readonly months: readonly LogMonth[];
  /** What an entry must fulfil, over `entry e`. */
  readonly where: (parameters: SqlParameters) => string;
  /** A pattern of LIKE over search_text that `where` demands: found by its index. */
  readonly pattern: string | null;
  /** True when `where` demands nothing but the pattern. */
  readonly patternOnly: boolean;
  /** Event times that `where` leaves possible; `to` is not included. */
  readonly fromTime: Micros;
  readonly toTime: Micros;
  readonly afterSeq: number;
  readonly throughSeq: number;
  readonly order: TimeOrder;
  readonly after: TimePlace | null;
  readonly limit: number;
  /** An expression of JSON text over `entry e`. */
  readonly json: string;
  /** After so long a page may end before it is full. */
  readonly budgetMs?: number;
}

export interface FoundPage {
  readonly rows: readonly FoundEntry[];
  /** Where the next page begins; null when there is none. */
  readonly next: TimePlace | null;
}

export interface FoundEntry extends TimePlace {
  readonly json: string;
}

/** All statements of one snapshot: the caller has it open. */
export async function findEntries(client: Client, query: EntryQuery): Promise<FoundPage> {
  const { limit, order, budgetMs = 3_000 } = query;
  const startedMs = performance.now();
  const waiting = monthsInOrder(query);
  let found: FoundEntry[] = [];
  let lead = query.pattern;
  for (let taken = 1; waiting.length > 0; taken *= 2) {
    // The next month alone, then two, then four: a full page costs one statement, a search through years a few round trips.
    const spans = spansOf(waiting.splice(0, taken), query);
    // A search that goes through years is worth a look at the texts first; most pages are full before.
    if (taken === 2 && lead !== null && spans[0] !== undefined) lead = await leadOf(client, { tenantId: query.tenantId, pattern: lead, ...spans[0] });
    const parts = await Promise.all(spans.map((span) => findInSpan(client, { span, query, lead })));
    found = [...found, ...parts.flat()].sort(comparing(order)).slice(0, limit + 1);
    while (isDone(found, waiting[0], query)) waiting.shift();
    const edge = waiting[0] === undefined ? null : edgeOf(waiting[0], order);
    if (edge !== null && performance.now() - startedMs > budgetMs && isBeyond(edge, query)) {
      const settled = found.filter(({ eventTime }) => (order === 'desc' ? eventTime > edge : eventTime < edge)).slice(0, limit);
      return { rows: settled, next: { eventTime: edge, seq: order === 'desc' ? Number.MAX_SAFE_INTEGER : -1 } };
    }
  }
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last !== undefined ? { eventTime: last.eventTime, seq: last.seq } : null };
}

/** Those that can hold something of the page, the one with the first of it first. */
function monthsInOrder({ months, order, after, fromTime, toTime, afterSeq, throughSeq }: EntryQuery): LogMonth[] {
  return months
    .filter(({ firstSeq, lastSeq, times }) => {
      if (times === null || firstSeq > throughSeq || (lastSeq !== null && lastSeq <= afterSeq)) return false;
      if (times.max < fromTime || times.min >= toTime) return false;
      if (after === null) return true;
      return order === 'desc' ? times.min <= after.eventTime : times.max >= after.eventTime;
    })
    .sort((a, b) => (order === 'desc' ? edgeOf(b, order) - edgeOf(a, order) : edgeOf(a, order) - edgeOf(b, order)) || b.firstSeq - a.firstSeq);
}

/** The first event time of a month in the order of the page. */
function edgeOf({ times }: LogMonth, order: TimeOrder): Micros {
  if (times === null) return order === 'desc' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return order === 'desc' ? times.max : times.min;
}

/** The page is full of entries that come before anything the month can hold. */
function isDone(found: readonly FoundEntry[], month: LogMonth | undefined, { order, limit }: EntryQuery): boolean {
  const last = found[limit];
  if (month === undefined || last === undefined) return false;
  const edge = edgeOf(month, order);
  return order === 'desc' ? edge < last.eventTime : edge > last.eventTime;
}

/** Whether a page that ends at the edge is further than the one before it. */
function isBeyond(edge: Micros, { order, after, fromTime, toTime }: EntryQuery): boolean {
  if (!Number.isFinite(edge)) return false;
  if (order === 'desc') return edge < Math.min(after?.eventTime ?? Number.POSITIVE_INFINITY, toTime);
  return edge > Math.max(after?.eventTime ?? Number.NEGATIVE_INFINITY, fromTime);
}

function comparing(order: TimeOrder): (a: TimePlace, b: TimePlace) => number {
  return order === 'desc' ? (a, b) => b.eventTime - a.eventTime || b.seq - a.seq : (a, b) => a.eventTime - b.eventTime || a.seq - b.seq;
}

/** Months of which none lies between that is not meant: one statement asks for all of them. */
interface Span {
  readonly from: string;
  readonly to: string;
  readonly months: number;
}

function spansOf(taken: readonly LogMonth[], { months }: EntryQuery): Span[] {
  const spans: Span[] = [];
  let before = Number.NaN;
  for (const place of taken.map((month) => months.indexOf(month)).sort((a, b) => a - b)) {
    const { from, to } = edgesOfMonth(months[place]?.month ?? '');
    const last = spans.at(-1);
    if (last !== undefined && place === before + 1) spans[spans.length - 1] = { from: last.from, to, months: last.months + 1 };
    else spans.push({ from, to, months: 1 });
    before = place;
  }
  return spans;
}

interface InSpan {
  readonly span: Span;
  readonly query: EntryQuery;
  /** What the index is asked for of the pattern. */
  readonly lead: string | null;
}

/** More keys than this (a month) of a text that other conditions narrow, and the text is common: then the other conditions lead. */
const keysTried = 2_000;
const mostKeys = 10_000;

async function findInSpan(client: Client, inSpan: InSpan): Promise<FoundEntry[]> {
  const { span, query, lead } = inSpan;
  if (query.pattern === null || lead === null) return findByConditions(client, inSpan);
  const atMost = query.patternOnly ? query.limit + 1 : Math.min(mostKeys, keysTried * span.months);
  const { keys, rows } = await findByText(client, { span, query, pattern: query.pattern, lead, atMost });
  return keys < atMost || rows.length > query.limit ? rows : findByConditions(client, inSpan);
}

interface EntryRow {
  readonly at: string;
  readonly seq: string;
  readonly json: string;
}

async function findByConditions(client: Client, { span, query }: Pick<InSpan, 'span' | 'query'>): Promise<FoundEntry[]> {
  const { where, json, order } = query;
  const { parameters, conditions, limit } = frame({ span, query });
  const direction = order === 'desc' ? 'DESC' : 'ASC';
  // Not prepared: with its values known, the plan is of these partitions and these conditions.
  const { rows } = await client.query<EntryRow>({
    text: `SELECT (extract(epoch FROM e.event_time) * 1000000)::bigint AS at, e.seq, ${json} AS json FROM entry e
      WHERE ${conditions} AND (${where(parameters)}) ORDER BY e.event_time ${direction}, e.seq ${direction} LIMIT ${limit}`,
    values: parameters.values,
  });
  return rows.map(asFound);
}

interface ByText extends InSpan {
  readonly pattern: string;
  readonly lead: string;
  readonly atMost: number;
}

/** The keys come from the index of texts, past row security; the rows are read under it, and judged by every condition again. */
async function findByText(client: Client, { span, query, pattern, lead, atMost }: ByText): Promise<{ keys: number; rows: FoundEntry[] }> {
  const { where, json, order, throughSeq, fromTime, toTime, after } = query;
  const { parameters, conditions, limit } = frame({ span, query });
  const { from, to } = span;
  const place = after ?? (order === 'desc' ? { eventTime: Number.POSITIVE_INFINITY, seq: 0 } : { eventTime: Number.NEGATIVE_INFINITY, seq: 0 });
  const inputs = [pattern, lead, from, to, throughSeq, instant(fromTime), instant(toTime), instant(place.eventTime), place.seq, atMost].map((value) => parameters.add(value)).join(', ');
  const direction = order === 'desc' ? 'DESC' : 'ASC';
  const { rows } = await client.query<EntryRow & { readonly keys: string }>({
    text: `WITH found AS MATERIALIZED (SELECT * FROM search_keys_${order === 'desc' ? 'down' : 'up'}(${inputs}))
      SELECT (SELECT count(*) FROM found) AS keys, r.* FROM (SELECT 1) AS one LEFT JOIN LATERAL (
        SELECT (extract(epoch FROM e.event_time) * 1000000)::bigint AS at, e.seq, ${json} AS json
        FROM found f JOIN entry e ON e.seq = f.seq AND e.recorded_at = f.recorded_at
        WHERE ${conditions} AND (${where(parameters)}) ORDER BY e.event_time ${direction}, e.seq ${direction} LIMIT ${limit}) AS r ON true`,
    values: parameters.values,
  });
  return { keys: Number(rows[0]?.keys ?? 0), rows: rows.filter(({ seq }) => (seq as string | null) !== null).map(asFound) };
}

function frame({ span, query }: Pick<InSpan, 'span' | 'query'>): { parameters: SqlParameters; conditions: string; limit: string } {
  const { tenantId, throughSeq, afterSeq, after, order, limit } = query;
  const { from, to } = span;
  const parameters = sqlParameters([tenantId, from, to, throughSeq]);
  const conditions = ['e.tenant_id = $1', 'e.recorded_at >= $2::timestamptz', 'e.recorded_at < $3::timestamptz', 'e.seq <= $4::bigint'];
  if (afterSeq > 0) conditions.push(`e.seq > ${parameters.add(afterSeq)}::bigint`);
  if (after !== null) {
    const place = `(${parameters.add(instant(after.eventTime))}::timestamptz, ${parameters.add(after.seq)}::bigint)`;
    conditions.push(`(e.event_time, e.seq) ${order === 'desc' ? '<' : '>'} ${place}`);
  }
  return { parameters, conditions: conditions.join(' AND '), limit: parameters.add(limit + 1) };
}

function asFound({ at, seq, json }: EntryRow): FoundEntry {
  return { eventTime: Number(at), seq: Number(seq), json };
}

function instant(micros: Micros): string {
  if (Number.isFinite(micros)) return formatInstant(micros);
  return micros > 0 ? 'infinity' : '-infinity';
}
