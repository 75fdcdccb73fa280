// The leaves and links of a stretch of a log, without the entries they are made of: those that are there, and those that were removed.
import type { Client } from '../pool.ts';

export interface ChainRow {
  readonly seq: number;
  readonly leaf: Uint8Array;
  readonly link: Uint8Array;
}

/** What stands in the table between two seqs, in order; the caller judges whether it is whole. */
export async function readChain(client: Client, { tenantId, from, through }: { tenantId: string; from: number; through: number }): Promise<ChainRow[]> {
  const { rows } = await client.query<{ seq: string; leaf: Buffer; link: Buffer }>({
    name: 'chain-rows',
    text: `SELECT e.seq, e.leaf, e.link FROM entry e WHERE e.tenant_id = $1 AND e.seq BETWEEN $2 AND $3
      UNION ALL SELECT g.seq, g.leaf, g.link FROM (${removedSql}) AS g ORDER BY seq`,
    values: [tenantId, from, through],
  });
  return rows.map(({ seq, leaf, link }) => ({ seq: Number(seq), leaf, link }));
}

/** What tombstones keep of removed entries between the seqs $2 and $3, unpacked: seq, leaf, link and the run that removed it. */
export const removedSql = `
  SELECT u.seq, substr(t.leaves, (u.place - 1)::int * 32 + 1, 32) AS leaf, substr(t.links, (u.place - 1)::int * 32 + 1, 32) AS link, t.run_id
  FROM tombstone t, LATERAL (
    SELECT s.seq, row_number() OVER (ORDER BY s.seq) AS place FROM unnest(t.seqs) AS r (seqs), generate_series(lower(r.seqs), upper(r.seqs) - 1) AS s (seq)
  ) AS u
  WHERE t.tenant_id = $1 AND t.last_seq >= $2 AND t.first_seq <= $3 AND u.seq BETWEEN $2 AND $3`;

export interface LogHeadNow {
  readonly epoch: string;
  readonly seq: number;
  readonly link: Uint8Array;
}

/** Null when the tenant has no log. */
export async function readLogHead(client: Client, tenantId: string): Promise<LogHeadNow | null> {
  const { rows } = await client.query<{ epoch: string; last_seq: string; last_link: Buffer }>({
    name: 'log-head',
    text: 'SELECT epoch, last_seq, last_link FROM tenant_log WHERE tenant_id = $1',
    values: [tenantId],
  });
  const [row] = rows;
  return row === undefined ? null : { epoch: row.epoch, seq: Number(row.last_seq), link: row.last_link };
}
