// The certificates of a tenant's runs, and which runs are under way.
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';
import type { RunEvidence } from '../../domain/evidence/removals.ts';
import type { Pool } from '../pool.ts';
import { queryAs } from '../tenant-transaction.ts';

export async function readRunEvidence(pool: Pool, tenantId: string): Promise<RunEvidence> {
  const rows = await queryAs<{ id: string; state: string; body: string | null; key_id: string | null; signature: Buffer | null }>(pool, tenantId, {
    name: 'run-evidence',
    text: `SELECT r.id, r.state, c.body, c.key_id, c.signature FROM retention_run r LEFT JOIN retention_certificate c ON c.tenant_id = r.tenant_id AND c.run_id = r.id WHERE r.tenant_id = $1`,
    values: [tenantId],
  });
  const certificates = rows.flatMap(({ id, body, key_id: keyId, signature }): [string, SignedCheckpoint][] => (body === null || keyId === null || signature === null ? [] : [[id, { body, keyId, signature }]]));
  return { certificates: new Map(certificates), openRuns: new Set(rows.flatMap(({ id, state }) => (state === 'running' || state === 'paused' || state === 'queued' || state === 'cancelled' ? [id] : []))) };
}
