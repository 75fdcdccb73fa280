// Merkle trees of the shape of RFC 6962: their roots, the path from a leaf to the root, and the check of such a path.
import { concat, hashLength } from '../journal/chain.ts';
import type { Sha256 } from '../shared/sha256.ts';

const nodeMark = Uint8Array.of(0x02);

/** Marked apart from leaves (0x00) and links (0x01): none of the three can be passed off as another. */
export function nodeHash({ sha256, left, right }: { sha256: Sha256; left: Uint8Array; right: Uint8Array }): Uint8Array {
  return sha256(concat(nodeMark, left, right));
}

export interface MerkleTree {
  readonly size: number;
  /** Adds one leaf, or at once the root of a full subtree of 2^level leaves. */
  add(hash: Uint8Array, level?: number): void;
  /** Null while the tree is empty. */
  root(): Uint8Array | null;
}

/** Keeps one hash per level only, however many leaves are added. */
export function createMerkleTree(sha256: Sha256): MerkleTree {
  const full: { readonly level: number; readonly hash: Uint8Array }[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(hash, level = 0) {
      if (size % 2 ** level !== 0) throw new Error(`a subtree of level ${String(level)} cannot follow ${String(size)} leaves`);
      size += 2 ** level;
      let merged = { level, hash };
      for (let left = full.at(-1); left?.level === merged.level; left = full.at(-1)) {
        full.pop();
        merged = { level: merged.level + 1, hash: nodeHash({ sha256, left: left.hash, right: merged.hash }) };
      }
      full.push(merged);
    },
    root() {
      return full.reduceRight<Uint8Array | null>((right, left) => (right === null ? left.hash : nodeHash({ sha256, left: left.hash, right })), null);
    },
  };
}

export function merkleRoot({ sha256, leaves }: { sha256: Sha256; leaves: readonly Uint8Array[] }): Uint8Array | null {
  const tree = createMerkleTree(sha256);
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/** The hashes beside the way from a leaf to the root, the lowest first. */
export function inclusionPath({ sha256, leaves, index }: { sha256: Sha256; leaves: readonly Uint8Array[]; index: number }): Uint8Array[] {
  if (index < 0 || index >= leaves.length) throw new Error(`there is no leaf ${String(index)} among ${String(leaves.length)}`);
  if (leaves.length === 1) return [];
  const split = largestPowerOfTwoBelow(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  const [inside, beside, place] = index < split ? [left, right, index] : [right, left, index - split];
  const sibling = merkleRoot({ sha256, leaves: beside });
  if (sibling === null) throw new Error('half of a tree cannot be empty');
  return [...inclusionPath({ sha256, leaves: inside, index: place }), sibling];
}

export interface InclusionProof {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

/** The root that the path leads to; null when the path does not fit a tree of this size, or holds something that is no hash. */
export function rootFromPath({ sha256, leaf, index, size, path }: InclusionProof & { sha256: Sha256 }): Uint8Array | null {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return null;
  if (![leaf, ...path].every(({ length }) => length === hashLength)) return null;
  let hash = leaf;
  let at = index;
  let last = size - 1;
  for (const sibling of path) {
    if (last === 0) return null;
    // The last node of a level may have no neighbour: then it rises until it has one.
    while (at === last && at % 2 === 0) {
      at /= 2;
      last = Math.floor(last / 2);
    }
    hash = at % 2 === 1 ? nodeHash({ sha256, left: sibling, right: hash }) : nodeHash({ sha256, left: hash, right: sibling });
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}

function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
