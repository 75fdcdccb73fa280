// The Merkle tree: the published shapes of RFC 6962, paths that lead to the root, and paths that do not.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sha256 } from '../../db/journal/sha256.ts';
import { createMerkleTree, inclusionPath, merkleRoot, nodeHash, rootFromPath } from '../../domain/evidence/merkle.ts';
import { segmentLevel, segmentOf, segmentSize } from '../../domain/evidence/segments.ts';
import { testSeed } from '../harness/seed.ts';

const hex = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('hex');
const madeLeaves = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => sha256(Buffer.from(`leaf ${String(index)}`)));

/** The test vectors of certificate transparency mark nodes with 0x01 where we use 0x02; nothing else differs. */
const asCertificateTransparency = (data: Uint8Array): Uint8Array => sha256(data[0] === 0x02 ? Buffer.concat([Buffer.of(0x01), data.subarray(1)]) : data);
const publishedInputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const publishedRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('a Merkle tree', () => {
  it('when it grows over the published inputs, then it has the published roots', () => {
    const tree = createMerkleTree(asCertificateTransparency);
    const roots = publishedInputs.map((input) => {
      tree.add(sha256(Buffer.from(`00${input}`, 'hex')));
      return hex(tree.root());
    });
    expect(roots).toEqual(publishedRoots);
  });

  it('when it is empty, then it has no root', () => {
    expect(createMerkleTree(sha256).root()).toBeNull();
  });

  it('when it has one leaf, then that leaf is the root and its path is empty', () => {
    const leaves = madeLeaves(1);
    expect(hex(merkleRoot({ sha256, leaves }))).toBe(hex(leaves[0] ?? null));
    expect(inclusionPath({ sha256, leaves, index: 0 })).toEqual([]);
  });

  it('when the same two hashes stand as a node, a leaf or a link, then three different hashes come of it', () => {
    const [left = new Uint8Array(), right = new Uint8Array()] = madeLeaves(2);
    const marks = [0x00, 0x01].map((mark) => hex(sha256(Buffer.concat([Buffer.of(mark), left, right]))));
    expect(new Set([...marks, hex(nodeHash({ sha256, left, right }))]).size).toBe(3);
  });

  it('when any leaf of a tree of up to 70 is proven, then its path leads to the root, and no other leaf, place or size does', () => {
    for (let size = 1; size <= 70; size += 1) {
      const leaves = madeLeaves(size);
      const root = hex(merkleRoot({ sha256, leaves }));
      for (const [index, leaf] of leaves.entries()) {
        const path = inclusionPath({ sha256, leaves, index });
        expect(hex(rootFromPath({ sha256, leaf, index, size, path }))).toBe(root);
        const other = sha256(leaf);
        expect(hex(rootFromPath({ sha256, leaf: other, index, size, path }))).not.toBe(root);
        if (size > 1) expect(hex(rootFromPath({ sha256, leaf, index: (index + 1) % size, size, path }))).not.toBe(root);
      }
    }
  });

  it('when a path is too short, too long, or holds something that is no hash, then it leads nowhere', () => {
    const leaves = madeLeaves(11);
    const [leaf = new Uint8Array()] = leaves;
    const path = inclusionPath({ sha256, leaves, index: 0 });
    const proven = { sha256, leaf, index: 0, size: 11 };
    expect(rootFromPath({ ...proven, path: path.slice(1) })).toBeNull();
    expect(rootFromPath({ ...proven, path: [...path, leaf] })).toBeNull();
    expect(rootFromPath({ ...proven, path: [leaf.subarray(1), ...path.slice(1)] })).toBeNull();
    expect(rootFromPath({ ...proven, index: 11, path })).toBeNull();
    expect(rootFromPath({ ...proven, index: -1, path })).toBeNull();
  });

  it('when full segments are added by their roots, then the root is that over all leaves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 7 }), (segments, rest) => {
        const level = 3;
        const leaves = madeLeaves(segments * 2 ** level + rest);
        const tree = createMerkleTree(sha256);
        for (let at = 0; at < segments; at += 1) {
          const root = merkleRoot({ sha256, leaves: leaves.slice(at * 2 ** level, (at + 1) * 2 ** level) });
          if (root !== null) tree.add(root, level);
        }
        for (const leaf of leaves.slice(segments * 2 ** level)) tree.add(leaf);
        expect(hex(tree.root())).toBe(hex(merkleRoot({ sha256, leaves })));
      }),
      { seed: testSeed() },
    );
  });

  it('when a subtree would not begin at its place, then it is refused', () => {
    const tree = createMerkleTree(sha256);
    tree.add(sha256(Buffer.from('one')));
    expect(() => { tree.add(sha256(Buffer.from('many')), segmentLevel); }).toThrow('cannot follow');
  });
});

describe('segments', () => {
  it.each([
    [1, 1],
    [segmentSize, 1],
    [segmentSize + 1, 2],
    [2 * segmentSize, 2],
  ])('when a seq is %d, then it lies in segment %d', (seq, number) => {
    expect(segmentOf(seq)).toEqual({ number, firstSeq: (number - 1) * segmentSize + 1, lastSeq: number * segmentSize });
  });
});
