// Fills the log of the tenant demo with many entries spread over years, as the owner of the tables: before anybody reads there.
import pg from 'pg';

export interface Filling {
  readonly ownerUrl: string;
  readonly entries: number;
  readonly months: number;
  /** Without, it can be read in its order and is filled in half the time. */
  readonly isIndexed?: boolean;
}

export interface Filled {
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Half of the entries are of the workspace ws_0, a tenth of each of ten shares; all are shown to members. Seqs, recorded and event times grow together. */
export async function fillLog({ ownerUrl, entries, months, isIndexed = true }: Filling): Promise<Filled> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const { rows } = await owner.query<{ last_seq: string }>(`SELECT last_seq FROM tenant_log WHERE tenant_id = 'demo'`);
    const before = Number(rows[0]?.last_seq);
    await owner.query(`SELECT ensure_entry_partition((date_trunc('month', now()) - make_interval(months => m))::date) FROM generate_series(0, $1::int) AS m`, [months]);
    // The first entries of the tenant are of today: whoever starts at them must look into every month.
    await owner.query(`DELETE FROM log_month WHERE tenant_id = 'demo'`);
    const { rows: times } = await owner.query<{ now: Date }>('SELECT now()');
    const remake = await dropIndexes(owner);
    const slices = Array.from({ length: Math.ceil(entries / sliceEntries) }, (_, slice) => slice * sliceEntries);
    await bothCores(ownerUrl, slices, (client, made) => client.query(fillSql, [before, entries, months, made + 1, Math.min(made + sliceEntries, entries), times[0]?.now]));
    if (isIndexed) await bothCores(ownerUrl, remake, (client, definition) => client.query(definition));
    await owner.query(
      `INSERT INTO log_month SELECT 'demo', CASE WHEN row_number() OVER (ORDER BY month) = 1 THEN 1 ELSE first_seq END, month FROM (
        SELECT min(seq) AS first_seq, date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date AS month FROM entry WHERE tenant_id = 'demo' AND seq > $1 GROUP BY 2) AS found`,
      [before],
    );
    await owner.query(`UPDATE tenant_log SET last_seq = last_seq + $1, last_link = sha256('filled') WHERE tenant_id = 'demo'`, [entries]);
    // As the nightly job does it.
    for (let left = isIndexed; left; ) left = (await owner.query<{ name: string | null }>('SELECT index_next_closed_month() AS name')).rows[0]?.name != null;
    await owner.query(isIndexed ? 'VACUUM ANALYZE entry' : 'ANALYZE entry');
    return { firstSeq: before + 1, lastSeq: before + entries };
  } finally {
    await owner.end();
  }
}

async function bothCores<T>(ownerUrl: string, items: readonly T[], work: (client: pg.Client, item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const goOn = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: ownerUrl });
    await client.connect();
    try {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(client, item);
    } finally {
      await client.end();
    }
  };
  await Promise.all([goOn(), goOn()]);
}

/** Built over what is there already they take a third of the time. Answers the statements that make them again. */
async function dropIndexes(owner: pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ name: string; indexdef: string }>(`SELECT indexname AS name, indexdef FROM pg_indexes WHERE tablename = 'entry' AND indexname <> 'entry_pkey'`);
  for (const { name } of rows) await owner.query(`DROP INDEX ${pg.escapeIdentifier(name)}`);
  // As it is written there it would be made of the table without its months.
  return rows.map(({ indexdef }) => indexdef.replace(' ON ONLY ', ' ON '));
}

/** One statement writes so many: neighbours, so that two at once write into the same month or the next. */
const sliceEntries = 100_000;

const fillSql = `
  INSERT INTO entry (tenant_id, seq, recorded_at, id, event_time, event_type, event, category, severity, action, outcome, current_category, sub_category,
    visibility, permission, notification, activity, user_id, user_name, org_id, workspace_id, share_id, resource_type, resource_id, resource_name, path,
    ip_address, details, salt, leaf, link, search_text)
  SELECT 'demo', $1::bigint + n, at, 'FILL' || lpad(n::text, 22, '0'), at, 'file.create', 'workspace_storage_file_added', 'file_modification', 'info', 'create', 'success',
    'workspace', 'storage', 'external', 'member', 'none', '{}', 'usr_' || n % 200, 'Person ' || n % 200, 'org_0', CASE WHEN n % 2 = 0 THEN 'ws_0' END, 'shr_' || n % 10,
    'file', 'fil_' || n, 'report-' || n || '.pdf', '/Engineering/report-' || n || '.pdf', '203.0.113.' || n % 250,
    jsonb_build_object('filename', 'report-' || n || '.pdf', 'file_size', n), '\\x00', '\\x00', '\\x00', 'file.create' || chr(10) || 'report-' || n || '.pdf'
  FROM (
    SELECT n, $6::timestamptz - make_interval(months => $3::int) + ($6 - ($6 - make_interval(months => $3::int))) * (n::float8 / ($2::bigint + 1)) AS at
    FROM generate_series($4::bigint, $5::bigint) AS n) AS made`;
