// The leaves and links of a stretch of a log, without the entries they are made of.
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
    text: 'SELECT e.seq, e.leaf, e.link FROM entry e WHERE e.tenant_id = $1 AND e.seq BETWEEN $2 AND $3 ORDER BY e.seq, e.recorded_at',
    values: [tenantId, from, through],
  });
  return rows.map(({ seq, leaf, link }) => ({ seq: Number(seq), leaf, link }));
}

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
