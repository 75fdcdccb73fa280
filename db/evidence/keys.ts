// The public keys of evidence: every key this installation ever signed with stays readable.
import type { Pool } from '../pool.ts';
import type { EvidenceKey } from './sign.ts';

export interface PublishedKey extends EvidenceKey {
  readonly createdAt: string;
}

/** Called by whoever may sign, before it signs anything. */
export async function publishKey(pool: Pool, { keyId, algorithm, publicKey }: EvidenceKey): Promise<void> {
  await pool.query({
    name: 'publish-evidence-key',
    text: 'INSERT INTO evidence_key (key_id, algorithm, public_key) VALUES ($1, $2, $3) ON CONFLICT (key_id) DO NOTHING',
    values: [keyId, algorithm, publicKey],
  });
}

/** The newest first; there are as many as the key was ever exchanged. */
export async function listKeys(pool: Pool): Promise<PublishedKey[]> {
  const { rows } = await pool.query<{ key_id: string; public_key: string; created_at: string }>({
    name: 'evidence-keys',
    text: `SELECT key_id, public_key, iso_utc(created_at) AS created_at FROM evidence_key
      WHERE algorithm = 'Ed25519' ORDER BY evidence_key.created_at DESC, key_id LIMIT 1000`,
  });
  return rows.map((row) => ({ keyId: row.key_id, algorithm: 'Ed25519', publicKey: row.public_key, createdAt: row.created_at }));
}
