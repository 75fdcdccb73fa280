// Takes away texts whose time is over. One per worker process; any number side by side.
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { clearExpired } from '../../db/summary/summaries.ts';
import type { Pool } from '../../db/pool.ts';

export interface SummarySweeper {
  stop(): Promise<void>;
}

const clearedAtOnce = 1_000;

export function startSummarySweeper({ pool, log }: { readonly pool: Pool; readonly log: Logger }, { everyMs = 30_000 }: { readonly everyMs?: number } = {}): SummarySweeper {
  const stopping = new AbortController();

  async function keepOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await clearExpired(pool, { atMost: clearedAtOnce });
      } catch (error) {
        log.warn({ err: error }, 'texts of summaries could not be taken away: tried again');
      }
      // The wait is cut short by stopping.
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = keepOn();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}
