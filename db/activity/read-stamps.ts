// Reads stamps of one subject, and where the log stood when they were read.
import { fieldsOfEachKind } from '../../domain/activity/stamps.ts';
import type { Stamps } from '../../domain/activity/stamps.ts';
import type { Subject } from '../../domain/activity/touched.ts';
import type { Micros } from '../../domain/shared/instant.ts';
import { notHiddenSql } from '../access/hidden-sql.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';

export interface StampsAsked {
  readonly tenantId: string;
  readonly subject: Subject;
  /** Null for all. */
  readonly fields: readonly string[] | null;
}

export interface StampsRead {
  readonly stamps: Stamps;
  /** Up to which entry the stamps tell. */
  readonly seq: number;
  /** Where the log ended, and when its last entry was recorded; null while it is empty. */
  readonly headSeq: number;
  readonly headAt: Micros | null;
}

export function readStamps(pool: Pool, { tenantId, subject, fields }: StampsAsked): Promise<StampsRead> {
  return inTenant(pool, tenantId, async (client) => {
    // First the place, then the stamps: they may be newer than it says, never older.
    const [place, found] = await Promise.all([
      client.query<{ seq: string; last_seq: string; head_micros: string | null }>({
        name: 'activity-place',
        text: `SELECT coalesce(p.seq, 0) AS seq, l.last_seq, CASE WHEN l.last_seq > 0 THEN (extract(epoch FROM l.last_recorded_at) * 1000000)::bigint END AS head_micros
          FROM tenant_log l LEFT JOIN activity_position p ON p.tenant_id = l.tenant_id WHERE l.tenant_id = $1`,
        values: [tenantId],
      }),
      client.query<{ key: string; seq: string; micros: string }>(
        fields === null
          ? { name: 'activity-stamps', text: allSql, values: [tenantId, subject] }
          : { name: 'activity-stamps-of', text: namedSql, values: [tenantId, subject, fields] },
      ),
    ]);
    const [row] = place.rows;
    return {
      stamps: new Map(found.rows.map(({ key, seq, micros }) => [key, { seq: Number(seq), at: Number(micros) }])),
      seq: Number(row?.seq ?? 0),
      headSeq: Number(row?.last_seq ?? 0),
      headAt: row?.head_micros == null ? null : Number(row.head_micros),
    };
  });
}

const columns = `s.key, s.seq, (extract(epoch FROM s.stamped_at) * 1000000)::bigint AS micros`;

/** Rows of pruned entries are swept later than they are gone. */
const isKept = `(s.seq > (SELECT l.floor_seq FROM tenant_log l WHERE l.tenant_id = $1)
  OR EXISTS (SELECT FROM entry e WHERE e.tenant_id = $1 AND e.seq = s.seq AND e.recorded_at = s.stamped_at AND ${notHiddenSql}))`;

const ofSubject = `FROM activity_stamp s WHERE s.tenant_id = $1 AND s.subject = $2 AND ${isKept}`;

const allSql = [true, false]
  .map((isBare) => `(SELECT ${columns} ${ofSubject} AND s.is_bare = ${String(isBare)} ORDER BY s.stamped_at DESC LIMIT ${String(fieldsOfEachKind)})`)
  .join(' UNION ALL ');

const namedSql = `SELECT ${columns} ${ofSubject} AND s.key = ANY ($3)`;
