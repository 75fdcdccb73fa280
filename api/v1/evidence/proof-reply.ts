// What proves that an entry is in the log, as it is shown: the salted facts, their leaf, and the way from it to a signed root.
import { z } from 'zod';
import { readProofPath } from '../../../db/evidence/proofs.ts';
import type { Pool } from '../../../db/pool.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { canonicalEntry } from '../../../domain/journal/canonical-entry.ts';
import type { StoredEntry } from '../../../domain/journal/entry.ts';
import { formatInstant } from '../../../domain/shared/instant.ts';
import { checkpointReply, showCheckpoint } from './checkpoint-reply.ts';

export const proofReply = z.strictObject({
  seq: z.int(),
  recorded_at: z.string(),
  salt: z.string(),
  facts: z.string(),
  leaf: z.string(),
  path: z.array(z.string()),
  checkpoint: checkpointReply,
});
export type ProofReply = z.output<typeof proofReply>;

/** Null while no checkpoint reaches the entry. */
export async function proofOf(pool: Pool, { tenantId, entry }: { readonly tenantId: string; readonly entry: StoredEntry }): Promise<ProofReply | null> {
  const { seq } = entry;
  const proof = await inTenant(pool, tenantId, (client) => readProofPath(client, { tenantId, seq }), { planned: 'once' });
  if (proof === null) return null;
  return {
    seq,
    recorded_at: formatInstant(entry.recordedAt),
    salt: hex(entry.salt),
    facts: canonicalEntry(entry),
    leaf: hex(entry.leaf),
    path: proof.path.map(hex),
    checkpoint: showCheckpoint(proof.checkpoint),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
