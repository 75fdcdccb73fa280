// Some leaves of a tree and the hashes beside them give the root of the whole, and nothing else does.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sha256 } from '../../db/journal/sha256.ts';
import { merkleRoot } from '../../domain/evidence/merkle.ts';
import { hashesBeside, rootOfSubset } from '../../domain/evidence/subset-root.ts';
import { testSeed } from '../harness/seed.ts';

const seed = testSeed();
const leafOf = (index: number): Uint8Array => sha256(Uint8Array.of(index & 0xff, index >>> 8));
const treeOf = (size: number): Uint8Array[] => Array.from({ length: size }, (_, index) => leafOf(index));
const insideOf = (leaves: readonly Uint8Array[], chosen: ReadonlySet<number>) => new Map(leaves.flatMap((leaf, index): [number, Uint8Array][] => (chosen.has(index) ? [[index, leaf]] : [])));

describe('a subset of a tree', () => {
  it(`when any leaves are inside, then root and hashes beside fit, and a changed leaf or hash does not (seed ${String(seed)})`, () => {
    const tree = fc.integer({ min: 0, max: 7 }).chain((level) => fc.record({ size: fc.constant(2 ** level), chosen: fc.uniqueArray(fc.integer({ min: 0, max: 2 ** level - 1 })) }));
    fc.assert(
      fc.property(tree, fc.nat(), ({ size, chosen }, pick) => {
        const leaves = treeOf(size);
        const inside = insideOf(leaves, new Set(chosen));
        const beside = hashesBeside({ sha256, leaves, isInside: (index) => inside.has(index) });
        const root = merkleRoot({ sha256, leaves });
        expect(rootOfSubset({ sha256, size, inside, beside })).toEqual(root);
        expect(rootOfSubset({ sha256, size, inside, beside: [...beside, leafOf(1)] })).toBeNull();
        if (beside.length > 0) expect(rootOfSubset({ sha256, size, inside, beside: beside.slice(1) })).toBeNull();
        const wrong = chosen[pick % Math.max(1, chosen.length)];
        if (wrong !== undefined) expect(rootOfSubset({ sha256, size, inside: new Map([...inside, [wrong, leafOf(9_999)]]), beside })).not.toEqual(root);
      }),
      { seed },
    );
  });

  it('when one leaf of 4,096 is inside, then twelve hashes stand beside it, and when all are, none', () => {
    const leaves = treeOf(4_096);
    expect(hashesBeside({ sha256, leaves, isInside: (index) => index === 1_000 })).toHaveLength(12);
    expect(hashesBeside({ sha256, leaves, isInside: () => true })).toEqual([]);
  });
});
