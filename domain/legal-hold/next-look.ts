// When a hold is looked at next, and whether its end date is to be told of now.
import { parseInstant } from '../shared/instant.ts';

export interface Dates {
  /** Instants as ISO 8601. */
  readonly expirationDate: string | null;
  /** The end date that was told of already. */
  readonly remindedFor: string | null;
  readonly nowMs: number;
}

export interface Look {
  readonly remind: boolean;
  readonly nextLookMs: number;
}

export function nextLook({ expirationDate, remindedFor, nowMs }: Dates): Look {
  const end = expirationDate === null ? null : parseInstant(expirationDate);
  if (end === null || expirationDate === remindedFor) return { remind: false, nextLookMs: longestMs };
  const untilMs = Math.ceil(end / 1_000) - nowMs;
  return untilMs <= 0 ? { remind: true, nextLookMs: longestMs } : { remind: false, nextLookMs: Math.min(untilMs, longestMs) };
}

/** Whatever was not told, is seen at the latest then. */
const longestMs = 24 * 60 * 60 * 1_000;
