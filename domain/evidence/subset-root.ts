// The root of a full tree out of some of its leaves: what stands beside them is kept as the hashes of whole subtrees, as few as can be.
import type { Sha256 } from '../shared/sha256.ts';
import { merkleRoot, nodeHash } from './merkle.ts';

/** From left to right, the roots of the largest subtrees that hold none of the leaves inside. The number of leaves is a power of two. */
export function hashesBeside({ sha256, leaves, isInside }: { sha256: Sha256; leaves: readonly Uint8Array[]; isInside: (index: number) => boolean }): Uint8Array[] {
  // How many are inside before each place: whether a stretch holds any is then one subtraction.
  const before = [0];
  for (let index = 0; index < leaves.length; index += 1) before.push((before[index] ?? 0) + (isInside(index) ? 1 : 0));
  const holdsAny = (from: number, size: number): boolean => before[from + size] !== before[from];

  function walk(from: number, size: number): Uint8Array[] {
    if (!holdsAny(from, size)) {
      const root = merkleRoot({ sha256, leaves: leaves.slice(from, from + size) });
      if (root === null) throw new Error('a subtree has leaves');
      return [root];
    }
    return size === 1 ? [] : [...walk(from, size / 2), ...walk(from + size / 2, size / 2)];
  }
  return walk(0, leaves.length);
}

export interface Subset {
  readonly sha256: Sha256;
  /** A power of two. */
  readonly size: number;
  /** By their index. */
  readonly inside: ReadonlyMap<number, Uint8Array>;
  readonly beside: readonly Uint8Array[];
}

/** Null when there are more or fewer hashes beside than the leaves inside leave room for. */
export function rootOfSubset({ sha256, size, inside, beside }: Subset): Uint8Array | null {
  const before = [0];
  for (let index = 0; index < size; index += 1) before.push((before[index] ?? 0) + (inside.has(index) ? 1 : 0));
  let taken = 0;

  function walk(from: number, count: number): Uint8Array | null {
    if (before[from + count] === before[from]) return beside[taken++] ?? null;
    if (count === 1) return inside.get(from) ?? null;
    const left = walk(from, count / 2);
    const right = walk(from + count / 2, count / 2);
    return left === null || right === null ? null : nodeHash({ sha256, left, right });
  }
  const root = walk(0, size);
  return taken === beside.length ? root : null;
}
