// Segments: the fixed stretches of a log whose Merkle roots are kept, so that a new checkpoint need not read old leaves.

/** A power of two: only then is the tree over the segments' roots the same tree as the one over all leaves. */
export const segmentLevel = 12;
export const segmentSize = 2 ** segmentLevel;

export interface Segment {
  /** Counted from 1. */
  readonly number: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

export function segmentOf(seq: number): Segment {
  return segmentNumbered(Math.floor((seq - 1) / segmentSize) + 1);
}

export function segmentNumbered(number: number): Segment {
  return { number, firstSeq: (number - 1) * segmentSize + 1, lastSeq: number * segmentSize };
}

/** How many segments a log that ends at this seq has filled. */
export function filledSegments(headSeq: number): number {
  return Math.floor(headSeq / segmentSize);
}
