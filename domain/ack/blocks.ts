// Acks as bits: which block of the log an entry's bit stands in, and where in it.

/** As many seqs as a segment of the chain. */
export const blockSeqs = 4_096;

export interface BitPlace {
  readonly block: number;
  /** From 0, the first seq of the block. */
  readonly bit: number;
}

/** Seqs begin at 1. */
export function bitPlaceOf(seq: number): BitPlace {
  return { block: Math.floor((seq - 1) / blockSeqs), bit: (seq - 1) % blockSeqs };
}
