// Whether a delivery of the identity provider is to be carried out: deliveries come twice, late, and in any order.
import type { Micros } from '../shared/instant.ts';

/** The newest event that was carried out for one user or group. */
export interface DeliveredState {
  readonly at: Micros;
  readonly closed: boolean;
}

export interface Delivered {
  readonly at: Micros;
  readonly closes: boolean;
  /** Whether an event of this id was taken before. */
  readonly isKnown: boolean;
  /** Null when nothing was ever delivered about this user or group. */
  readonly newest: DeliveredState | null;
}

export type DeliveryDecision = 'apply' | 'duplicate' | 'stale';

/** Of two events at the same instant the later delivery counts, but what was closed stays closed. */
export function decideDelivery({ at, closes, isKnown, newest }: Delivered): DeliveryDecision {
  if (isKnown) return 'duplicate';
  if (newest === null || at > newest.at) return 'apply';
  return at === newest.at && (closes || !newest.closed) ? 'apply' : 'stale';
}
