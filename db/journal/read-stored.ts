// Reads entries back exactly as they were hashed, in the order of the log, a bounded page at a time.
import { factNames } from '../../domain/journal/entry.ts';
import type { EntryFacts, StoredEntry } from '../../domain/journal/entry.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export interface StoredRange {
  readonly tenantId: string;
  /** Nothing up to it is read; without it, whatever stands below the first seq as well. */
  readonly afterSeq?: number;
  /** Nothing above it is read: the log may grow meanwhile. */
  readonly throughSeq: number;
  readonly pageEntries?: number;
}

/**
 * What stands in the table is read, whatever it is: also a second row of one seq, and rows with a seq no log has.
 * Each page is a short transaction of its own; a committed entry never changes, so together they are one picture.
 */
export async function* readStoredEntries(
  pool: Pool,
  { tenantId, afterSeq, throughSeq, pageEntries = 500 }: StoredRange,
): AsyncGenerator<readonly StoredEntry[]> {
  let after: Place = afterSeq === undefined ? beforeAll : { seq: String(afterSeq), recordedAt: 'infinity' };
  for (;;) {
    const rows = await readPage(pool, { tenantId, after, throughSeq, pageEntries });
    if (rows.length > 0) yield rows.map(asStored);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageEntries) return;
    after = { seq: last.seq, recordedAt: last.recorded_at };
  }
}

interface Place {
  readonly seq: string;
  readonly recordedAt: string;
}

const beforeAll: Place = { seq: '-9223372036854775808', recordedAt: '-infinity' };

export interface StoredRow extends EntryFacts {
  readonly seq: string;
  readonly recorded_at: string;
  readonly recorded_micros: string;
  readonly salt: Buffer;
  readonly leaf: Buffer;
  readonly link: Buffer;
}

function readPage(
  pool: Pool,
  { tenantId, after, throughSeq, pageEntries }: { tenantId: string; after: Place; throughSeq: number; pageEntries: number },
): Promise<StoredRow[]> {
  return queryAs<StoredRow>(pool, tenantId, {
    name: 'stored-entries',
    text: pageSql,
    values: [tenantId, after.seq, after.recordedAt, throughSeq, pageEntries],
  });
}

const factColumns = factNames.map((name) => (name === 'event_time' ? 'iso_utc(e.event_time) AS event_time' : `e.${name}`)).join(', ');

/** Over `entry` under the alias e. */
export const storedColumnsSql = `e.seq, e.recorded_at::text AS recorded_at, (extract(epoch FROM e.recorded_at) * 1000000)::bigint AS recorded_micros,
    e.salt, e.leaf, e.link, ${factColumns}`;

const pageSql = `
  SELECT ${storedColumnsSql}
  FROM entry e
  WHERE e.tenant_id = $1 AND (e.seq, e.recorded_at) > ($2::bigint, $3::timestamptz) AND e.seq <= $4
  ORDER BY e.seq, e.recorded_at LIMIT $5`;

export function asStored(row: StoredRow): StoredEntry {
  return { ...row, seq: Number(row.seq), recordedAt: Number(row.recorded_micros) };
}
