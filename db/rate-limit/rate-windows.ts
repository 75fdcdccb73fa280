// The windows of all limits, in PostgreSQL, so that every process counts into the same ones.
import { limits } from '../../domain/rate-limit/limits.ts';
import type { LimitName, LimitTable } from '../../domain/rate-limit/limits.ts';
import type { LimitStanding, LimitVerdict, LimitWish, RateLimits } from '../../domain/rate-limit/rate-limits.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Pool } from '../pool.ts';
import { TenantStatements } from './tenant-statements.ts';
import { WindowCounter } from './window-counter.ts';
import type { Counted } from './window-counter.ts';

export interface RateWindowsOptions {
  /** Of its own: counting waits for nobody's reading. Its owner ends it. */
  readonly pool: Pool;
  readonly clock: Clock;
  /** Told of a count that failed; the request went on or was refused, as its limit says. */
  readonly onError: (error: unknown) => void;
  readonly table?: LimitTable;
  readonly answerLimitMs?: number;
}

export interface RateWindows extends RateLimits {
  /** Takes away windows that have ended, and says how many; also done every minute. */
  clearEnded(): Promise<number>;
  stop(): void;
}

export function openRateWindows({ pool, clock, onError, table = limits, answerLimitMs = 2_000 }: RateWindowsOptions): RateWindows {
  const store = new TenantStatements(pool);
  const countersOf = new Map(Object.keys(table).map((name) => [name as LimitName, counters(name as LimitName)]));
  let awayUntilMs = 0;

  function counters(limit: LimitName): readonly WindowCounter[] {
    return table[limit].layers.flatMap(({ dimension, windows }) => windows.map((window) => new WindowCounter({ limit, dimension, window, store, clock })));
  }

  async function take(wish: LimitWish): Promise<LimitVerdict> {
    const asked = countersOf.get(wish.limit) ?? [];
    // Whoever is known to be blocked takes nothing from the wider windows.
    const known = asked.map((counter) => counter.knownExhausted(wish)).filter((one) => one !== null);
    if (known.length > 0) return exhausted(known);
    if (clock.nowMs() < awayUntilMs) return uncounted;
    try {
      const counted = await within(answerLimitMs, consume(asked, wish));
      const refused = counted.filter(({ isExhausted }) => isExhausted);
      return refused.length > 0 ? exhausted(refused) : { kind: 'passed', standing: leastLeft(counted) };
    } catch (error) {
      awayUntilMs = clock.nowMs() + awayMs;
      onError(error);
      return uncounted;
    }
  }

  async function clearEnded(): Promise<number> {
    const { rows } = await pool.query<{ cleared: number }>({
      name: 'clear-rate-windows',
      text: 'SELECT clear_rate_windows($1, $2) AS cleared',
      values: [clock.nowMs(), clearedAtOnce],
    });
    return rows[0]?.cleared ?? 0;
  }

  const clearing = setInterval(() => {
    clearEnded().catch(onError);
  }, clearingIntervalMs);
  clearing.unref();

  return {
    take,
    clearEnded,
    stop: () => {
      clearInterval(clearing);
    },
  };
}

const clearingIntervalMs = 60_000;
const clearedAtOnce = 10_000;
/** While the database is away nobody waits for it at every request. */
const awayMs = 1_000;
const uncounted: LimitVerdict = { kind: 'uncounted' };

/**
 * What a narrow window refuses is not counted in the wider ones: they are asked one after the other, until one refuses.
 * While all but the widest have room enough nothing will be refused, and one round trip does for all.
 */
async function consume(counters: readonly WindowCounter[], wish: LimitWish): Promise<readonly Counted[]> {
  if (counters.slice(0, -1).every((counter) => counter.hasRoom(wish))) return Promise.all(counters.map((counter) => counter.consume(wish)));
  const counted: Counted[] = [];
  for (const counter of counters) {
    const one = await counter.consume(wish);
    counted.push(one);
    if (one.isExhausted) break;
  }
  return counted;
}

function leastLeft(standings: readonly LimitStanding[]): LimitStanding {
  return standings.reduce((least, one) => (one.remaining / one.points < least.remaining / least.points ? one : least));
}

function exhausted(standings: readonly Counted[]): LimitVerdict {
  const longest = standings.reduce((most, one) => (one.waitMs > most.waitMs ? one : most));
  return { kind: 'exhausted', standing: longest, retryAfterSeconds: Math.max(1, Math.ceil(longest.waitMs / 1000)) };
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`the counts were not answered within ${String(limitMs)} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
