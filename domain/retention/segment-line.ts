// What an archive keeps of a full segment of the log beside its own entries, as one line.
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';

export interface SegmentLine {
  /** Counted from 1. */
  readonly number: number;
  readonly root: Uint8Array;
  readonly beside: readonly Uint8Array[];
}

export function segmentLine({ number, root, beside }: SegmentLine): string {
  return JSON.stringify({ type: 'segment', number, root: bytesToHex(root), beside: beside.map(bytesToHex) });
}

/** Null for a line that is none. */
export function readSegmentLine(text: string): SegmentLine | null {
  try {
    const read = lineSchema.safeParse(JSON.parse(text));
    return read.success ? { number: read.data.number, root: hexToBytes(read.data.root), beside: read.data.beside.map(hexToBytes) } : null;
  } catch {
    // Whatever it is, it is none of ours.
    return null;
  }
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const lineSchema = z.strictObject({ type: z.literal('segment'), number: z.int().min(1), root: hash, beside: z.array(hash) });
