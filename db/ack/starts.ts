// Where counting begins for each source of a reader: behind its watermark, in the month of the log that holds that place.
import type { Source } from '../../domain/ack/sources.ts';
import type { Ask } from '../access/ask.ts';
import { quarantineEndsSql } from '../access/hidden-sql.ts';
import type { Reader } from './set-bits.ts';

export interface Start {
  readonly source: Source;
  readonly afterSeq: number;
  /** No entry after that seq was recorded before; an instant as the database writes it. */
  readonly recordedFrom: string;
}

export interface Standing {
  readonly starts: readonly Start[];
  readonly head: number;
  /** How many un-acks there have been. */
  readonly withdrawals: number;
  /** How often hidden entries were shown again. */
  readonly quarantineEnds: number;
}

export async function readStanding(ask: Ask, { tenantId, userId }: Reader, sources: readonly Source[]): Promise<Standing> {
  const rows = await ask<{ place: string; after_seq: string; recorded_from: string; head: string; withdrawals: string; quarantine_ends: string }>({
    name: 'ack-standing',
    text: standingSql,
    values: [tenantId, userId, sources.map(({ kind }) => kind), sources.map(({ profileId }) => profileId), sources.map(({ role }) => role)],
  });
  const starts = rows.flatMap(({ place, after_seq: afterSeq, recorded_from: recordedFrom }): Start[] => {
    const source = sources[Number(place) - 1];
    return source === undefined ? [] : [{ source, afterSeq: Number(afterSeq), recordedFrom }];
  });
  return { starts, head: Number(rows[0]?.head ?? 0), withdrawals: Number(rows[0]?.withdrawals ?? 0), quarantineEnds: Number(rows[0]?.quarantine_ends ?? 0) };
}

// A watermark from before a quarantine ended says nothing any more: what was hidden then lay below it.
const standingSql = `
  SELECT s.place, s.after_seq, l.last_seq AS head,
    (SELECT coalesce(max(m.month), DATE '-infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq <= s.after_seq + 1)::text AS recorded_from,
    coalesce((SELECT r.withdrawals FROM ack_reader r WHERE r.tenant_id = $1 AND r.user_id = $2), 0) AS withdrawals, ${quarantineEndsSql} AS quarantine_ends
  FROM tenant_log l, (
    SELECT given.place, coalesce(w.seq, 0) AS after_seq
    FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS given(kind, profile_id, role, place)
      LEFT JOIN ack_watermark w ON w.tenant_id = $1 AND w.user_id = $2 AND w.kind = given.kind AND w.profile_id = given.profile_id AND w.role = given.role
        AND w.quarantine_ends = ${quarantineEndsSql}
  ) AS s
  WHERE l.tenant_id = $1`;
