// Ingest of 1,000 entries a call beside a raw batched insert of the same rows into the same table.
import pg from 'pg';
import { uploadEvent } from '../entries.ts';
import type { BenchInstallation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { Comparison } from '../measure.ts';

const entriesPerCall = 1_000;
const callsPerRound = 24;
const clients = 4;

type Scenario = Promise<{ comparison: Comparison; end: () => Promise<void> }>;

/** One log has one order, which one connection writes; so does its floor. */
export function ingestNdjson(installation: BenchInstallation): Scenario {
  return beside(installation, { name: 'ingest-ndjson', connections: 1, target: 0.6 });
}

/** The same beside writers that keep no order at all, for what the order of one log costs. */
export function ingestNdjsonBesideMany(installation: BenchInstallation): Scenario {
  return beside(installation, { name: 'ingest-ndjson-beside-many', connections: 4, target: null });
}

async function beside(
  { apiUrl, ownerUrl, token }: BenchInstallation,
  { name, connections, target }: { readonly name: string; readonly connections: number; readonly target: number | null },
): Scenario {
  const bodies = Array.from({ length: callsPerRound }, (_, call) =>
    Buffer.from(Array.from({ length: entriesPerCall }, (__, index) => JSON.stringify(uploadEvent(call * entriesPerCall + index))).join('\n')),
  );
  const database = new pg.Pool({ connectionString: ownerUrl, max: connections });
  await sendLoad({ url: apiUrl, clients: 1, requests: 1, status: 201, request: () => ({ method: 'POST', path: '/api/v1/events', headers: headers(token), body: bodies[0] ?? '' }) });
  const rows = await storedRows(database);
  let nextSeq = 1;

  const comparison: Comparison = {
    name,
    unit: 'entries',
    oursIs: `POST /api/v1/events, ${String(entriesPerCall)} lines a call, ${String(clients)} clients`,
    floorIs: `the same rows by INSERT of ${String(entriesPerCall)} into the same table, ${String(connections)} connection${connections === 1 ? '' : 's'}, no chain, no keys, no HTTP`,
    target,
    ours: {
      async round() {
        await sendLoad({
          url: apiUrl,
          clients,
          requests: callsPerRound,
          status: 201,
          request: (index) => ({ method: 'POST', path: '/api/v1/events', headers: headers(token), body: bodies[index] ?? '' }),
        });
        return callsPerRound * entriesPerCall;
      },
    },
    floor: {
      async round() {
        const batches = Array.from({ length: callsPerRound }, () => {
          const first = nextSeq;
          nextSeq += entriesPerCall;
          return first;
        });
        const waiting = [...batches];
        await Promise.all(
          Array.from({ length: connections }, async () => {
            for (let first = waiting.shift(); first !== undefined; first = waiting.shift()) {
              // Placed as ours are: increasing seqs and the time of now.
              await database.query({ name: 'raw', text: insertSql, values: [rows, first] });
            }
          }),
        );
        return callsPerRound * entriesPerCall;
      },
    },
  };
  return { comparison, end: () => database.end() };
}

function headers(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
}

const ownColumns = ['tenant_id', 'seq', 'recorded_at'];
let insertSql = '';

/** A batch of rows exactly as ingest stored them, as the JSON text that one statement takes. */
async function storedRows(database: pg.Pool): Promise<string> {
  const { rows: columns } = await database.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'entry'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  );
  const copied = columns.filter(({ name }) => !ownColumns.includes(name));
  const names = copied.map(({ name }) => name).join(', ');
  insertSql = `INSERT INTO entry (tenant_id, seq, recorded_at, ${names})
    SELECT 'floor', $2::bigint + row_number() OVER () - 1, now(), ${names} FROM json_to_recordset($1::json) AS row (${copied.map(({ name, type }) => `${name} ${type}`).join(', ')})`;
  const { rows } = await database.query<{ rows: string }>(
    `SELECT json_agg(json_strip_nulls(row_to_json(r)))::text AS rows FROM (SELECT ${names} FROM entry WHERE tenant_id = 'demo' AND change_type IS NOT NULL ORDER BY seq DESC LIMIT 1000) AS r`,
  );
  return rows[0]?.rows ?? '[]';
}
