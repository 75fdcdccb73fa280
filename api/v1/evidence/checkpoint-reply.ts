// A checkpoint as it is shown: the text that was signed, and beside it what is needed to find one's way.
import { z } from 'zod';
import type { KeptCheckpoint } from '../../../db/evidence/checkpoints.ts';

export const checkpointReply = z.strictObject({
  number: z.int(),
  head_seq: z.int(),
  signed_at: z.string(),
  key_id: z.string(),
  /** The bytes that are signed are the UTF-8 of this text. */
  body: z.string(),
  /** Ed25519, base64. */
  signature: z.string(),
});
export type CheckpointReply = z.output<typeof checkpointReply>;

export function showCheckpoint({ number, headSeq, signedAt, keyId, body, signature }: KeptCheckpoint): CheckpointReply {
  return { number, head_seq: headSeq, signed_at: signedAt, key_id: keyId, body, signature: Buffer.from(signature).toString('base64') };
}
