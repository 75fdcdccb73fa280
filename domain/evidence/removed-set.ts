// The seqs that a run removed, as its certificate carries them: exactly, and bounded by the stretch they lie in, however torn they are.
import { z } from 'zod';
import { segmentNumbered, segmentOf, segmentSize } from './segments.ts';
import { rangesOf } from './seq-ranges.ts';
import type { SeqRange } from './seq-ranges.ts';

/** Of one segment: base64 of a bit for each of its seqs, the first in the lowest bit of the first byte. */
export interface SegmentBits {
  readonly number: number;
  readonly bits: string;
}

/** One of the two is null: the ranges as text, or, where that is shorter, the bits of every segment from which something was removed. */
export interface RemovedSet {
  readonly removed_ranges: string | null;
  readonly removed_bits: readonly SegmentBits[] | null;
}

export const removedSet = z.object({
  removed_ranges: z.string().nullable(),
  removed_bits: z.array(z.object({ number: z.int().min(1), bits: z.base64() })).nullable(),
});

/** Given as the database writes a multirange. */
export function writeRemovedSet(multirange: string): RemovedSet {
  const ranges = rangesOf(multirange);
  const inBits = ranges.length > 0 && segmentsOf(ranges) * bitsTextLength < multirange.length;
  return inBits ? { removed_ranges: null, removed_bits: writeBits(ranges) } : { removed_ranges: multirange, removed_bits: null };
}

export function readRemovedSet({ removed_ranges: ranges, removed_bits: bits }: RemovedSet): SeqRange[] {
  return ranges === null ? readBits(bits ?? []) : rangesOf(ranges);
}

const segmentBytes = segmentSize / 8;
const bitsTextLength = Math.ceil(segmentBytes / 3) * 4;

function segmentsOf(ranges: readonly SeqRange[]): number {
  let count = 0;
  let last = 0;
  for (const { from, through } of ranges) {
    const first = Math.max(segmentOf(from).number, last + 1);
    last = Math.max(segmentOf(through).number, last);
    count += last - first + 1;
  }
  return count;
}

function writeBits(ranges: readonly SeqRange[]): SegmentBits[] {
  const segments = new Map<number, Uint8Array>();
  for (const { from, through } of ranges) {
    for (let seq = from; seq <= through; seq += 1) {
      const { number, firstSeq } = segmentOf(seq);
      const bytes = segments.get(number) ?? new Uint8Array(segmentBytes);
      segments.set(number, bytes);
      const place = seq - firstSeq;
      bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (1 << (place & 7));
    }
  }
  return [...segments].map(([number, bytes]) => ({ number, bits: btoa(String.fromCharCode(...bytes)) }));
}

function readBits(segments: readonly SegmentBits[]): SeqRange[] {
  const ranges: { readonly from: number; through: number }[] = [];
  for (const { number, bits } of segments) {
    const bytes = Uint8Array.from(atob(bits), (character) => character.charCodeAt(0));
    const { firstSeq } = segmentNumbered(number);
    for (let place = 0; place < segmentSize; place += 1) {
      if (((bytes[place >> 3] ?? 0) & (1 << (place & 7))) === 0) continue;
      const before = ranges.at(-1);
      if (before?.through === firstSeq + place - 1) before.through += 1;
      else ranges.push({ from: firstSeq + place, through: firstSeq + place });
    }
  }
  return ranges;
}
