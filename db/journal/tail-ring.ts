// The newest entries of one log, kept in memory as they will be shown; bounded in bytes, the oldest leave first.
import type { EntryFacts } from '../../domain/journal/entry.ts';
import type { Micros } from '../../domain/shared/instant.ts';

/** What a reader at the head needs of an entry. */
export interface TailEntry {
  readonly seq: number;
  readonly shareId: string | null;
  /** The change row as JSON text; null for an entry that is none. */
  readonly change: string | null;
  readonly ownAction: string | null;
  /** What was concluded about rights before it may be wrong after it. */
  readonly touchesRights: boolean;
  readonly recordedAt: Micros;
  readonly facts: TailFacts;
}

/** What those look at who wait for activity: whom and what the entry names. */
export type TailFacts = Pick<
  EntryFacts,
  'activity' | 'visibility' | 'user_id' | 'target_user_id' | 'org_id' | 'workspace_id' | 'share_id' | 'resource_type' | 'resource_id'
>;

export interface TailRing {
  /** Every entry after this seq, up to the position, is in the ring. */
  readonly completeAfter: number;
  readonly position: number;
  readonly bytes: number;
  push(entries: readonly TailEntry[], upTo: number): void;
  /** Entries after a seq, in order; null when some of them are not in the ring any more. */
  after(seq: number): readonly TailEntry[] | null;
  dropThrough(seq: number): void;
  shrinkTo(maxBytes: number): void;
}

/** The entry, its facts and their ids, of which most are short. */
const overheadBytes = 600;

export function createTailRing(startSeq: number): TailRing {
  let entries: TailEntry[] = [];
  let bytes = 0;
  let completeAfter = startSeq;
  let position = startSeq;

  function dropFirst(count: number): void {
    for (const entry of entries.slice(0, count)) {
      bytes -= weigh(entry);
      completeAfter = entry.seq;
    }
    entries = entries.slice(count);
  }

  return {
    get completeAfter() {
      return completeAfter;
    },
    get position() {
      return position;
    },
    get bytes() {
      return bytes;
    },
    push(more, upTo) {
      entries.push(...more);
      for (const entry of more) bytes += weigh(entry);
      position = upTo;
    },
    after(seq) {
      if (seq < completeAfter) return null;
      return entries.slice(firstAfter(entries, seq));
    },
    dropThrough(seq) {
      dropFirst(firstAfter(entries, seq));
      completeAfter = Math.max(completeAfter, Math.min(seq, position));
    },
    shrinkTo(maxBytes) {
      if (bytes <= maxBytes) return;
      // Down to three quarters, so that a full ring is not cut anew at every entry.
      const target = maxBytes * 0.75;
      let remaining = bytes;
      let count = 0;
      for (const entry of entries) {
        if (remaining <= target) break;
        remaining -= weigh(entry);
        count += 1;
      }
      dropFirst(count);
    },
  };
}

function weigh(entry: TailEntry): number {
  return overheadBytes + 2 * (entry.change?.length ?? 0) + activityLength(entry);
}

function activityLength({ facts: { activity } }: TailEntry): number {
  return activity.reduce((sum, key) => sum + key.length, 0);
}

function firstAfter(entries: readonly TailEntry[], seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.seq ?? Infinity) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
