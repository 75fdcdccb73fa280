// Takes the lock on a tenant's log and reads where it stands.
import pg from 'pg';
import type { LogHead } from '../../domain/journal/number-entries.ts';
import type { Micros } from '../../domain/shared/instant.ts';

export interface HeadRow {
  readonly last_seq: string;
  readonly last_link: string;
  readonly last_recorded_at: string | null;
}

export interface NowRow {
  readonly now: string;
}

export function lockHeadSql(tenantId: string): string {
  return `SELECT last_seq, encode(last_link, 'hex') AS last_link,
      CASE WHEN last_seq > 0 THEN (extract(epoch FROM last_recorded_at) * 1000000)::bigint END AS last_recorded_at
    FROM tenant_log WHERE tenant_id = ${pg.escapeLiteral(tenantId)} FOR UPDATE`;
}

/** The clock is the database's: one for all processes. A statement of its own, so that it is read after the lock was waited for. */
export const nowSql = `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now`;

export function readHead(row: HeadRow): LogHead {
  return {
    lastSeq: Number(row.last_seq),
    lastLink: Buffer.from(row.last_link, 'hex'),
    lastRecordedAt: row.last_recorded_at === null ? Number.MIN_SAFE_INTEGER : Number(row.last_recorded_at),
  };
}

export function readNow(row: NowRow | undefined): Micros {
  if (row === undefined) throw new Error('the database did not say what time it is');
  return Number(row.now);
}
