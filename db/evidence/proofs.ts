// Gathers what proves that an entry is in a log: the way from its leaf to the root of the newest checkpoint.
import { inclusionPath, merkleRoot } from '../../domain/evidence/merkle.ts';
import { filledSegments, segmentNumbered, segmentOf } from '../../domain/evidence/segments.ts';
import { sha256 } from '../journal/sha256.ts';
import type { Client } from '../pool.ts';
import { latestCheckpoint } from './checkpoints.ts';
import type { KeptCheckpoint } from './checkpoints.ts';
import { readChain } from './leaves.ts';
import { segmentRoots } from './segments.ts';

export interface ProofPath {
  readonly checkpoint: KeptCheckpoint;
  readonly path: readonly Uint8Array[];
}

/** Null when no checkpoint reaches that far yet. The tree over the segments' roots is the upper part of the tree over all leaves. */
export async function readProofPath(client: Client, { tenantId, seq }: { tenantId: string; seq: number }): Promise<ProofPath | null> {
  const checkpoint = await latestCheckpoint(client, tenantId);
  if (checkpoint === null || seq < 1 || seq > checkpoint.headSeq) return null;
  const { headSeq } = checkpoint;
  const segment = segmentOf(seq);
  const leavesFrom = async (number: number): Promise<Uint8Array[]> => {
    const { firstSeq, lastSeq } = segmentNumbered(number);
    const rows = await readChain(client, { tenantId, from: firstSeq, through: Math.min(lastSeq, headSeq) });
    return rows.map(({ leaf }) => leaf);
  };

  const filled = filledSegments(headSeq);
  const leaves = await leavesFrom(segment.number);
  const roots = await segmentRoots(client, { tenantId, through: filled });
  if (headSeq > segmentNumbered(filled).lastSeq) {
    const rest = segment.number === filled + 1 ? leaves : await leavesFrom(filled + 1);
    const root = merkleRoot({ sha256, leaves: rest });
    if (root === null) throw new Error(`the log of ${tenantId} ends before its checkpoint at ${String(headSeq)}`);
    roots.push(root);
  }
  const inSegment = inclusionPath({ sha256, leaves, index: seq - segment.firstSeq });
  const aboveSegments = inclusionPath({ sha256, leaves: roots, index: segment.number - 1 });
  return { checkpoint, path: [...inSegment, ...aboveSegments] };
}
