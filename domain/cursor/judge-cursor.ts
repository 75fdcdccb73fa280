// Whether a cursor may be used for a reading, and from which seq it goes on.
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { CursorPlace } from './cursor.ts';

/** From the oldest entry kept, whatever was pruned. */
export const fromTheBeginning = '0';

export interface Reading {
  readonly epoch: string;
  readonly head: number;
  /** The highest pruned seq of what this reader reads. */
  readonly floor: number;
  readonly scopeTag: string | null;
  /** Writes a cursor for the refusal that tells where to start again. */
  readonly cursorAt: (seq: number, acceptedFloor?: number) => string;
}

/** A cursor made without narrowing may be narrowed later; one of another epoch has expired, whatever its seq. */
export function judgeCursor(place: CursorPlace | null, reading: Reading): Refusal | null {
  if (place === null) return refuse('CURSOR_INVALID');
  if (place.scopeTag !== null && place.scopeTag !== reading.scopeTag) return refuse('CURSOR_MISMATCH');
  if (place.epoch === reading.epoch && place.seq > reading.head) return refuse('CURSOR_INVALID');
  if (place.epoch !== reading.epoch || Math.max(place.seq, place.acceptedFloor ?? 0) < reading.floor) return refuse('CURSOR_EXPIRED', { details: endsOf(reading) });
  return null;
}

/** The oldest is the beginning itself: what was kept below the floor is given too. */
export function endsOf({ floor, head, cursorAt }: Pick<Reading, 'floor' | 'head' | 'cursorAt'>): { readonly oldest: string; readonly head: string } {
  return { oldest: cursorAt(0, floor), head: cursorAt(head) };
}
