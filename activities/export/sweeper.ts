// Takes away the rows of exports that ended long ago. One per worker process; any number side by side.
import type { Logger } from 'pino';
import { clearEnded } from '../../db/export/clear-ended.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import { keepOn } from '../keep-on.ts';
import type { KeptOn } from '../keep-on.ts';

const dayMs = 86_400_000;
const clearedAtOnce = 100;

/** Once when the process comes up, and then daily. */
export function startExportSweeper({ pool, clock, log }: { readonly pool: Pool; readonly clock: Clock; readonly log: Logger }, { everyMs = dayMs }: { readonly everyMs?: number } = {}): KeptOn {
  const sweep = async (stopping: AbortSignal): Promise<void> => {
    try {
      while (!stopping.aborted && (await clearEnded({ pool, clock }, { atMost: clearedAtOnce })) === clearedAtOnce);
    } catch (error) {
      log.warn({ err: error }, 'rows of exports that ended long ago could not be taken away: tried again');
    }
  };
  return keepOn(sweep, { everyMs });
}
