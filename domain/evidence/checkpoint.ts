// A checkpoint: what is signed about the head of a log, as a text that always has the same bytes.
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson } from '../shared/json.ts';
import type { Sha256 } from '../shared/sha256.ts';

export interface Checkpoint {
  readonly tenant: string;
  readonly epoch: string;
  /** 1, 2, 3 … within the tenant. */
  readonly number: number;
  readonly headSeq: number;
  readonly headLink: Uint8Array;
  /** Of the Merkle tree over all leaves up to the head. */
  readonly root: Uint8Array;
  /** The hash of the body of the checkpoint before it; null for the first. */
  readonly previous: Uint8Array | null;
  readonly signedAt: string;
  readonly keyId: string;
}

export interface SignedCheckpoint {
  readonly body: string;
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Names its own purpose, so that no other document signed with the same key can be passed off as a checkpoint. */
const purpose = 'holdfast.checkpoint';
const version = 1;

export function checkpointBody(checkpoint: Checkpoint): string {
  const { tenant, epoch, number, headSeq, headLink, root, previous, signedAt, keyId } = checkpoint;
  return canonicalJson({
    type: purpose,
    version,
    tenant,
    epoch,
    number,
    head_seq: headSeq,
    head_link: bytesToHex(headLink),
    root: bytesToHex(root),
    previous: previous === null ? null : bytesToHex(previous),
    signed_at: signedAt,
    key_id: keyId,
  });
}

/** Null for anything that is not exactly a body as written above. */
export function readCheckpointBody(body: string): Checkpoint | null {
  const parsed = bodySchema.safeParse(parseJson(body));
  if (!parsed.success) return null;
  const { data } = parsed;
  const checkpoint: Checkpoint = {
    tenant: data.tenant,
    epoch: data.epoch,
    number: data.number,
    headSeq: data.head_seq,
    headLink: hexToBytes(data.head_link),
    root: hexToBytes(data.root),
    previous: data.previous === null ? null : hexToBytes(data.previous),
    signedAt: data.signed_at,
    keyId: data.key_id,
  };
  return checkpointBody(checkpoint) === body ? checkpoint : null;
}

export function checkpointHash({ sha256, body }: { sha256: Sha256; body: string }): Uint8Array {
  return sha256(utf8ToBytes(body));
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const bodySchema = z.strictObject({
  type: z.literal(purpose),
  version: z.literal(version),
  tenant: z.string(),
  epoch: z.string(),
  number: z.int().positive(),
  head_seq: z.int().positive(),
  head_link: hash,
  root: hash,
  previous: hash.nullable(),
  signed_at: z.string(),
  key_id: z.string(),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever it is, it is no checkpoint: the schema says so.
    return undefined;
  }
}
