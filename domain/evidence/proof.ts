// The proof that one entry is in a log: from its facts to its leaf, and from its leaf to the root that a checkpoint signed.
import { contentHash, leafHash, sameBytes } from '../journal/chain.ts';
import type { Micros } from '../shared/instant.ts';
import type { Sha256 } from '../shared/sha256.ts';
import { readCheckpointBody } from './checkpoint.ts';
import { rootFromPath } from './merkle.ts';

export interface EntryProof {
  readonly seq: number;
  readonly recordedAt: Micros;
  readonly salt: Uint8Array;
  /** The facts of the entry as the text that was hashed. */
  readonly facts: string;
  readonly path: readonly Uint8Array[];
  /** The text that was signed; its signature is checked by whoever holds the public key. */
  readonly checkpointBody: string;
}

export function provesEntry({ sha256, proof }: { sha256: Sha256; proof: EntryProof }): boolean {
  const checkpoint = readCheckpointBody(proof.checkpointBody);
  if (checkpoint === null) return false;
  const content = contentHash({ sha256, salt: proof.salt, canonical: proof.facts });
  const leaf = leafHash({ sha256, recordedAt: proof.recordedAt, content });
  const root = rootFromPath({ sha256, leaf, index: proof.seq - 1, size: checkpoint.headSeq, path: proof.path });
  return root !== null && sameBytes(root, checkpoint.root);
}
