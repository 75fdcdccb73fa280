// A log that was written over many months, put into the database as a restore would: entries, months, head.
import type pg from 'pg';

export interface SpreadLog {
  readonly tenantId: string;
  readonly entries: number;
  readonly months: number;
  /** Of a hundred entries, how many tell of something long past. */
  readonly backdatedPercent: number;
  readonly seed: number;
}

/** The text of each entry says `entry <seq>.`, every 97th also `needle`, nearly all `common`. As the owner. */
export async function writeSpreadLog(owner: pg.Client, { tenantId, entries, months, backdatedPercent, seed }: SpreadLog): Promise<void> {
  await owner.query(
    `SELECT ensure_entry_partition((date_trunc('month', timestamp '2024-01-01') + make_interval(months => n))::date) FROM generate_series(0, $1::int) AS n`,
    [months],
  );
  await owner.query(`INSERT INTO tenant (tenant_id, name) VALUES ($1, $1)`, [tenantId]);
  await owner.query(
    `INSERT INTO entry (tenant_id, seq, recorded_at, id, event_time, event_type, event, category, severity, action, outcome, current_category, sub_category, visibility, permission,
       notification, activity, user_id, share_id, resource_type, resource_id, ip_address, session_id, details, salt, leaf, link, search_text)
     SELECT $1, n, at, 'S' || lpad(n::text, 25, '0'), CASE WHEN h % 100 < $4::int THEN timestamptz '2023-06-01' + make_interval(secs => ((h / 100) % (86400 * 30 * ($3::int + 6)))::int)
         WHEN h % 100 > 97 THEN at + interval '4 minutes' ELSE at - make_interval(secs => (h % 3)::int) END, 'file.create', 'share_storage_file_added',
       (ARRAY['authentication', 'authorization', 'file_access', 'file_modification', 'sharing', 'admin', 'security', 'compliance'])[(1 + h % 8)::int], 'info', 'create', 'success', 'share', 'storage',
       'external', 'member', 'none', '{}', 'usr_' || h % 50, 'shr_' || h % 10, 'file', 'f' || n, '203.0.113.' || h % 250, 'Ses_' || h % 50, jsonb_build_object('note', 'entry ' || n || '.'), '\\x00', '\\x00', '\\x00',
       'entry ' || n || E'.\nses_' || h % 50 || CASE WHEN n % 97 = 0 THEN E'\\nneedle' ELSE '' END || CASE WHEN n % 13 = 0 THEN '' ELSE E'\\ncommon' END
     FROM (SELECT n, timestamptz '2024-01-01Z' + make_interval(secs => n * (86400.0 * 30.4 * $3::int) / $2::int) AS at, abs(hashint8(n::bigint * 7919 + $5::bigint)::bigint) AS h FROM generate_series(1, $2::int) AS n) AS made`,
    [tenantId, entries, months, backdatedPercent, seed],
  );
  await owner.query(
    `INSERT INTO log_month (tenant_id, first_seq, month)
     SELECT $1, min(seq), date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date FROM entry WHERE tenant_id = $1 GROUP BY 3`,
    [tenantId],
  );
  await owner.query(
    `INSERT INTO tenant_log (tenant_id, epoch, last_seq, last_recorded_at) SELECT $1, 'e1', max(seq), max(recorded_at) FROM entry WHERE tenant_id = $1`,
    [tenantId],
  );
  // As the nightly job and autovacuum do: months that are over have their index of texts, and the planner knows what is there.
  for (let left = true; left; ) left = (await owner.query<{ name: string | null }>('SELECT index_next_closed_month() AS name')).rows[0]?.name != null;
  await owner.query('VACUUM (ANALYZE) entry');
}
