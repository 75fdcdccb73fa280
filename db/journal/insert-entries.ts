// The one statement that writes numbered entries, the keys of their calls and the new head, all or none.
import type pg from 'pg';
import { formatInstant, monthOf } from '../../domain/shared/instant.ts';
import type { NewKey } from '../../domain/journal/append-decision.ts';
import type { LogHead, Place } from '../../domain/journal/number-entries.ts';
import type { PreparedEntry } from '../../domain/journal/prepared-entry.ts';

export interface NumberedBatch {
  readonly tenantId: string;
  readonly before: LogHead;
  readonly after: LogHead;
  readonly entries: readonly PreparedEntry[];
  readonly places: readonly Place[];
  readonly newKeys: readonly NewKey[];
}

/** Nothing is parsed back: rows arrive as the text that was hashed, with their places put on at the end. */
export function insertEntries({ tenantId, before, after, entries, places, newKeys }: NumberedBatch): pg.QueryConfig {
  const rows = entries.map((entry, index) => closeRow(entry, places[index]));
  return {
    name: 'insert-entries',
    text: statement,
    values: [
      tenantId,
      `[${rows.join(',')}]`,
      JSON.stringify(newKeys.map(({ keyHash, bodyHash, results }) => ({ key_hash: `\\x${keyHash}`, body_hash: `\\x${bodyHash}`, result: results }))),
      JSON.stringify(newMonths(before, places)),
      after.lastSeq,
      Buffer.from(after.lastLink),
      formatInstant(after.lastRecordedAt),
      before.lastSeq,
    ],
  };
}

const columns = [
  'seq bigint', 'recorded_at timestamptz', 'id text', 'event_time timestamptz', 'event_type text', 'event text', 'category text', 'severity text',
  'action text', 'outcome text', 'current_category text', 'sub_category text', 'visibility text', 'permission text', 'notification text', 'activity text[]',
  'user_id text', 'user_email text', 'user_name text', 'service_account text', 'target_user_id text', 'org_id text', 'workspace_id text', 'share_id text',
  'resource_type text', 'resource_id text', 'resource_name text', 'path text', 'change_type text', 'old_path text', 'new_path text', 'version_id text',
  'change_metadata jsonb', 'parent_event_id text', 'ip_address text', 'user_agent text', 'session_id text', 'request_id text', 'decision text',
  'provider text', 'model text', 'own_action text', 'details jsonb', 'salt bytea', 'leaf bytea', 'link bytea', 'search_text text',
];
const names = columns.map((column) => column.slice(0, column.indexOf(' '))).join(', ');

const statement = `
  WITH entries AS (
    INSERT INTO entry (tenant_id, ${names})
    SELECT $1, ${names} FROM json_to_recordset($2::json) AS row (${columns.join(', ')})
  ), keys AS (
    INSERT INTO ingest_key (tenant_id, key_hash, body_hash, result)
    SELECT $1, key_hash, body_hash, result FROM json_to_recordset($3::json) AS key (key_hash bytea, body_hash bytea, result json)
  ), months AS (
    INSERT INTO log_month (tenant_id, first_seq, month)
    SELECT $1, first_seq, month FROM json_to_recordset($4::json) AS month (first_seq bigint, month date)
  )
  UPDATE tenant_log SET last_seq = $5, last_link = $6, last_recorded_at = $7
  WHERE tenant_id = $1 AND last_seq = $8`;

function closeRow(entry: PreparedEntry, place: Place | undefined): string {
  if (place === undefined) throw new Error('an entry of the batch was not numbered');
  const { seq, recordedAt, leaf, link } = place;
  return `${entry.openRow},"seq":${String(seq)},"recorded_at":"${formatInstant(recordedAt)}","leaf":"\\\\x${hex(leaf)}","link":"\\\\x${hex(link)}"}`;
}

function newMonths(before: LogHead, places: readonly Place[]): { first_seq: number; month: string }[] {
  const months: { first_seq: number; month: string }[] = [];
  let current = before.lastSeq === 0 ? '' : monthOf(before.lastRecordedAt);
  // Recorded times only increase: when the last entry is of the month before it, so are all between.
  const last = places.at(-1);
  if (last !== undefined && monthOf(last.recordedAt) === current) return months;
  for (const { seq, recordedAt } of places) {
    const month = monthOf(recordedAt);
    if (month !== current) months.push({ first_seq: seq, month });
    current = month;
  }
  return months;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
