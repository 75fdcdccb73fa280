// Counting requests: what a door asks before it works, and what the answer means for the caller.
import type { Principal } from '../access/principal.ts';
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import { limits } from './limits.ts';
import type { Dimension, LimitName } from './limits.ts';

export interface RateLimits {
  take(wish: LimitWish): Promise<LimitVerdict>;
}

export interface LimitWish {
  readonly limit: LimitName;
  readonly cost: number;
  readonly principal: Pick<Principal, 'tenantId' | 'userId' | 'sessionId'>;
}

/** The window that leaves the caller the least. */
export interface LimitStanding {
  readonly dimension: Dimension;
  readonly points: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  readonly resetAtMs: number;
}

export type LimitVerdict =
  /** Without a standing where nobody counts. */
  | { readonly kind: 'passed'; readonly standing: LimitStanding | null }
  | { readonly kind: 'exhausted'; readonly standing: LimitStanding; readonly retryAfterSeconds: number }
  /** The counts could not be read. */
  | { readonly kind: 'uncounted' };

/** Null when the request may go on. */
export function limitRefusal({ limit, verdict }: { readonly limit: LimitName; readonly verdict: LimitVerdict }): Refusal | null {
  switch (verdict.kind) {
    case 'passed':
      return null;
    case 'exhausted': {
      const { retryAfterSeconds, standing } = verdict;
      const { dimension, points, windowSeconds } = standing;
      return refuse('RATE_LIMITED', {
        message: `Too many requests: this ${dimension} may spend ${String(points)} in ${String(windowSeconds)} seconds. Try again in ${String(retryAfterSeconds)} s.`,
        details: { dimension, limit: points, window_seconds: windowSeconds, retry_after: retryAfterSeconds },
        retryAfterSeconds,
      });
    }
    case 'uncounted':
      return limits[limit].uncounted === 'pass' ? null : refuse('UNAVAILABLE', { message: 'Attempts cannot be counted at the moment; try again shortly.', retryAfterSeconds: 1 });
  }
}

/** Counts nothing and lets everything pass. */
export const noRateLimits: RateLimits = {
  take: () => Promise.resolve(unlimited),
};

const unlimited: LimitVerdict = { kind: 'passed', standing: null };
