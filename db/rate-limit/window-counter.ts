// One window of one limit: counts in PostgreSQL, and remembers in memory who has used it up.
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Dimension, LimitName, LimitWindow } from '../../domain/rate-limit/limits.ts';
import type { LimitStanding, LimitWish } from '../../domain/rate-limit/rate-limits.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { TenantStatements } from './tenant-statements.ts';

export interface Counted extends LimitStanding {
  readonly waitMs: number;
  readonly isExhausted: boolean;
}

export interface WindowCounterParts {
  readonly limit: LimitName;
  readonly dimension: Dimension;
  readonly window: LimitWindow;
  readonly store: TenantStatements;
  readonly clock: Clock;
}

export class WindowCounter {
  readonly #parts: WindowCounterParts;
  readonly #limiter: BlockingLimiter;
  /** As the last answers said; only a hint, so it may be forgotten at any time. */
  readonly #remaining = new Map<string, number>();

  constructor(parts: WindowCounterParts) {
    this.#parts = parts;
    const { points, seconds } = parts.window;
    this.#limiter = new RateLimiterPostgres({
      // Nothing before the tenant: row security looks at how a key begins.
      keyPrefix: '',
      points,
      duration: seconds,
      inMemoryBlockOnConsumed: points,
      storeClient: parts.store,
      storeType: 'client',
      tableName: 'rate_window',
      tableCreated: true,
      clearExpiredByTimeout: false,
    }) as BlockingLimiter;
  }

  /** Null unless this process knows that the window is used up; asks nobody. */
  knownExhausted(wish: LimitWish): Counted | null {
    const waitMs = this.#limiter.getInMemoryBlockMsBeforeExpire(this.#keyOf(wish));
    return waitMs > 0 ? this.#counted({ remaining: 0, waitMs, isExhausted: true }) : null;
  }

  /** True when it is not about to refuse, whatever is under way at this moment. */
  hasRoom(wish: LimitWish): boolean {
    return (this.#remaining.get(this.#keyOf(wish)) ?? 0) >= roomForAll;
  }

  async consume(wish: LimitWish): Promise<Counted> {
    const key = this.#keyOf(wish);
    try {
      const answer = await this.#limiter.consume(key, wish.cost);
      if (this.#remaining.size >= hintsKept) this.#remaining.clear();
      this.#remaining.set(key, answer.remainingPoints);
      return this.#read(answer, false);
    } catch (answer) {
      if (!(answer instanceof RateLimiterRes)) throw answer;
      this.#remaining.delete(key);
      return this.#read(answer, true);
    }
  }

  #keyOf({ principal: { tenantId, userId, sessionId } }: LimitWish): string {
    const { limit, dimension, window } = this.#parts;
    const subject = { token: sessionId, user: userId, tenant: '' }[dimension];
    return `${tenantId}:${limit}:${dimension}:${String(window.seconds)}:${subject}`;
  }

  #read({ remainingPoints, msBeforeNext }: RateLimiterRes, isExhausted: boolean): Counted {
    return this.#counted({ remaining: remainingPoints, waitMs: msBeforeNext, isExhausted });
  }

  #counted({ remaining, waitMs, isExhausted }: { readonly remaining: number; readonly waitMs: number; readonly isExhausted: boolean }): Counted {
    const { dimension, window, clock } = this.#parts;
    return { dimension, points: window.points, windowSeconds: window.seconds, remaining, resetAtMs: clock.nowMs() + waitMs, waitMs, isExhausted };
  }
}

/** More than one caller has under way at once. */
const roomForAll = 250;
const hintsKept = 10_000;

/** The block in front of the store is public in the library, and missing in its types. */
type BlockingLimiter = RateLimiterPostgres & { getInMemoryBlockMsBeforeExpire(key: string): number };
