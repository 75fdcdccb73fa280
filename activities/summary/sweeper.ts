// Takes away texts whose time is over. One per worker process; any number side by side.
import type { Logger } from 'pino';
import { clearExpired } from '../../db/summary/summaries.ts';
import type { Pool } from '../../db/pool.ts';
import { keepOn } from '../keep-on.ts';
import type { KeptOn } from '../keep-on.ts';

const clearedAtOnce = 1_000;

export function startSummarySweeper({ pool, log }: { readonly pool: Pool; readonly log: Logger }, { everyMs = 30_000 }: { readonly everyMs?: number } = {}): KeptOn {
  const sweep = async (): Promise<void> => {
    try {
      await clearExpired(pool, { atMost: clearedAtOnce });
    } catch (error) {
      log.warn({ err: error }, 'texts of summaries could not be taken away: tried again');
    }
  };
  return keepOn(sweep, { everyMs });
}
