// The certificate of a run, as it was signed.
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';
import type { Ask } from '../access/ask.ts';
import type { RunRef } from './run-rows.ts';

/** Null until the run has ended. */
export async function findCertificate(ask: Ask, { tenantId, runId }: RunRef): Promise<SignedCheckpoint | null> {
  const [row] = await ask<{ body: string; key_id: string; signature: Buffer }>({
    name: 'certificate-of-run',
    text: 'SELECT body, key_id, signature FROM retention_certificate WHERE tenant_id = $1 AND run_id = $2',
    values: [tenantId, runId],
  });
  return row === undefined ? null : { body: row.body, keyId: row.key_id, signature: row.signature };
}
