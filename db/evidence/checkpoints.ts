// Signed checkpoints as they are kept: read, listed, and added one after another.
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';
import type { Client, Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export interface KeptCheckpoint extends SignedCheckpoint {
  readonly number: number;
  readonly epoch: string;
  readonly headSeq: number;
  readonly signedAt: string;
}

export async function latestCheckpoint(client: Client, tenantId: string): Promise<KeptCheckpoint | null> {
  const { rows } = await client.query<CheckpointRow>({
    name: 'latest-checkpoint',
    text: `SELECT ${columns} FROM checkpoint c WHERE c.tenant_id = $1 ORDER BY c.number DESC LIMIT 1`,
    values: [tenantId],
  });
  return rows[0] === undefined ? null : kept(rows[0]);
}

/** False when somebody else has added this number meanwhile. */
export async function addCheckpoint(client: Client, tenantId: string, checkpoint: KeptCheckpoint): Promise<boolean> {
  const { number, epoch, headSeq, body, keyId, signature, signedAt } = checkpoint;
  const { rowCount } = await client.query({
    name: 'add-checkpoint',
    text: `INSERT INTO checkpoint (tenant_id, number, epoch, head_seq, body, key_id, signature, signed_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_id, number) DO NOTHING`,
    values: [tenantId, number, epoch, headSeq, body, keyId, signature, signedAt],
  });
  return rowCount === 1;
}

export interface CheckpointPage {
  readonly tenantId: string;
  /** Only those with a lower number. */
  readonly belowNumber: number | null;
  readonly limit: number;
}

/** The newest first. */
export async function listCheckpoints(pool: Pool, { tenantId, belowNumber, limit }: CheckpointPage): Promise<KeptCheckpoint[]> {
  const rows = await queryAs<CheckpointRow>(pool, tenantId, {
    name: 'list-checkpoints',
    text: `SELECT ${columns} FROM checkpoint c WHERE c.tenant_id = $1 AND c.number < coalesce($2::bigint, 9223372036854775807)
      ORDER BY c.number DESC LIMIT $3`,
    values: [tenantId, belowNumber, limit],
  });
  return rows.map(kept);
}

/** In the order in which they were signed. */
export async function checkpointsAfter(
  pool: Pool,
  { tenantId, afterNumber, throughNumber, limit }: { tenantId: string; afterNumber: number; throughNumber: number; limit: number },
): Promise<KeptCheckpoint[]> {
  const rows = await queryAs<CheckpointRow>(pool, tenantId, {
    name: 'checkpoints-after',
    text: `SELECT ${columns} FROM checkpoint c WHERE c.tenant_id = $1 AND c.number > $2 AND c.number <= $3 ORDER BY c.number LIMIT $4`,
    values: [tenantId, afterNumber, throughNumber, limit],
  });
  return rows.map(kept);
}

interface CheckpointRow {
  readonly number: string;
  readonly epoch: string;
  readonly head_seq: string;
  readonly body: string;
  readonly key_id: string;
  readonly signature: Buffer;
  readonly signed_at: string;
}

const columns = 'c.number, c.epoch, c.head_seq, c.body, c.key_id, c.signature, iso_utc(c.signed_at) AS signed_at';

function kept(row: CheckpointRow): KeptCheckpoint {
  return {
    number: Number(row.number),
    epoch: row.epoch,
    headSeq: Number(row.head_seq),
    body: row.body,
    keyId: row.key_id,
    signature: row.signature,
    signedAt: row.signed_at,
  };
}
