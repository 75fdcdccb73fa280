// The seqs of a certificate: what is read from it is what was written, in either form, and the first that differs is found.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readRemovedSet, writeRemovedSet } from '../../domain/evidence/removed-set.ts';
import { segmentSize } from '../../domain/evidence/segments.ts';
import { firstOutside, joinedRanges, rangesOf, rangesText } from '../../domain/evidence/seq-ranges.ts';
import { testSeed } from '../harness/seed.ts';

const seed = testSeed();
const everyOther = (count: number): string => rangesText(Array.from({ length: count }, (_, index) => ({ from: 2 * index + 1, through: 2 * index + 1 })));
const seqs = fc.uniqueArray(fc.integer({ min: 1, max: 3 * segmentSize }), { maxLength: 400 }).map((some) => some.sort((a, b) => a - b));
const textOf = (some: readonly number[]): string => joinedRanges([rangesText(some.map((seq) => ({ from: seq, through: seq })))]);

describe('the seqs that a certificate names', () => {
  it('when they are few or lie together, then they are written as ranges', () => {
    expect(writeRemovedSet('{}')).toEqual({ removed_ranges: '{}', removed_bits: null });
    expect(writeRemovedSet('{[1,10000001)}')).toEqual({ removed_ranges: '{[1,10000001)}', removed_bits: null });
    expect(writeRemovedSet('{[5,6),[4097,4098)}')).toEqual({ removed_ranges: '{[5,6),[4097,4098)}', removed_bits: null });
  });

  it('when they are torn, then they are written as the bits of their segments, and take no more than those', () => {
    const text = everyOther(20_000);
    const written = writeRemovedSet(text);
    expect(written.removed_ranges).toBeNull();
    expect(written.removed_bits).toHaveLength(Math.ceil(40_000 / segmentSize));
    expect(JSON.stringify(written).length).toBeLessThan(text.length / 30);
    expect(rangesText(readRemovedSet(written))).toBe(text);
  });

  it(`when any are written, then they are read again (seed ${String(seed)})`, () => {
    fc.assert(
      fc.property(seqs, (some) => {
        const text = textOf(some);
        expect(rangesText(readRemovedSet(writeRemovedSet(text)))).toBe(text);
      }),
      { seed, numRuns: 100, examples: [[Array.from({ length: 2_000 }, (_, index) => 2 * index + 4_000)]] },
    );
  });

  it(`when some are compared with all, then the first that is not among them is found (seed ${String(seed)})`, () => {
    fc.assert(
      fc.property(seqs, seqs, (some, all) => {
        const known = new Set(all);
        expect(firstOutside({ some: rangesOf(textOf(some)), all: rangesOf(textOf(all)) })).toBe(some.find((seq) => !known.has(seq)) ?? null);
      }),
      { seed, numRuns: 200, examples: [[[3, 4, 5, 9], [3, 4, 5, 6, 9]], [[3, 4, 5], [3, 5]], [[3, 4], []]] },
    );
  });
});
