// Removes the rows of exports that ended long ago, with their parts: what the log says of them stays.
import { keepEndedDays } from '../../domain/export/limits.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { Pool } from '../pool.ts';

const dayMs = 86_400_000;

/** Over all tenants; answers how many. Those whose files are still there wait for whoever removes them. */
export async function clearEnded({ pool, clock }: { readonly pool: Pool; readonly clock: Clock }, { atMost }: { readonly atMost: number }): Promise<number> {
  const endedBefore = formatInstant((clock.nowMs() - keepEndedDays * dayMs) * 1000);
  const { rows } = await pool.query<{ cleared: number }>('SELECT clear_ended_exports($1, $2) AS cleared', [endedBefore, atMost]);
  return rows[0]?.cleared ?? 0;
}
