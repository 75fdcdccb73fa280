// The floor of an export: COPY TO of the same columns by one statement, over the same driver, into a file.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { CopyRows } from '../../db/export/copy-rows.ts';
import type { Pool } from '../../db/pool.ts';
import { beginAs } from '../../db/tenant-transaction.ts';

export interface CopyFloor {
  readonly pool: Pool;
  readonly tenantId: string;
  readonly format: 'csv' | 'ndjson';
  readonly throughSeq: number;
  readonly file: string;
}

/** Answers how many rows were written. */
export async function copyTo({ pool, tenantId, format, throughSeq, file }: CopyFloor): Promise<number> {
  const rows = format === 'csv' ? columns : `row_to_json((SELECT r FROM (SELECT ${columns}) AS r))`;
  const copy = new CopyRows(`COPY (SELECT ${rows} FROM entry e WHERE e.tenant_id = '${tenantId}' AND e.seq <= ${String(throughSeq)} ORDER BY e.seq) TO STDOUT WITH (${options[format]})`, { between: '', after: '\n', isFirst: true });
  const client = await pool.connect();
  try {
    await client.query(beginAs(tenantId));
    client.query(copy);
    const out = createWriteStream(file);
    for await (const block of copy.blocks()) if (!out.write(block)) await once(out, 'drain');
    out.end();
    await finished(out);
    await client.query('COMMIT');
    return copy.rows;
  } finally {
    client.release();
  }
}

const options = { csv: 'FORMAT csv', ndjson: `FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01'` } as const;

const columns = `'aud_' || e.id AS id, e.tenant_id, e.event_type, e.category, e.severity, e.user_id, e.user_email, e.service_account, e.resource_type, e.resource_id, e.resource_name, e.share_id,
  e.action, e.outcome, e.ip_address, e.user_agent, coalesce(e.details, '{}') AS details, iso_utc(e.event_time) AS event_time`;
