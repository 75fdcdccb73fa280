// Tells the counting workflows what the rows of pairs say, and settles the pairs that nobody settled in time. One per worker process.
import type { Logger } from 'pino';
import type { PairTold } from '../../domain/lockout/count-behind.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { settlePair } from '../../db/lockout/gate.ts';
import { claimSignals, duePairs, noteTold, readPairTold } from '../../db/lockout/tell-pair.ts';
import type { PairRef } from '../../db/lockout/tell-pair.ts';
import { createPlainEffects } from '../../db/plain-effect.ts';
import type { Pool } from '../../db/pool.ts';
import { keepOn } from '../keep-on.ts';
import type { KeptOn } from '../keep-on.ts';

export interface SignallerWorld {
  readonly pool: Pool;
  readonly ids: Ids;
  readonly log: Logger;
  /** Starts the pair's workflow when it does not run, and tells it. */
  tellLockout(pair: PairRef, told: PairTold): Promise<void>;
}

export interface SignallerOptions {
  readonly everyMs?: number;
  /** Of the whole installation, however many processes tell. */
  readonly pairsPerSecond?: number;
}

const sweptAtOnce = 200;

export function startSignaller(world: SignallerWorld, { everyMs = 500, pairsPerSecond = 20 }: SignallerOptions = {}): KeptOn {
  let complained = false;

  async function tellAndSweep(): Promise<void> {
    try {
      await tellOnce(world, { pairsPerSecond });
      complained = false;
    } catch (error) {
      // Said once while it lasts; the rows keep what was not told.
      if (!complained) world.log.warn({ err: error }, 'lockouts could not be told of: tried again');
      complained = true;
    }
    try {
      await sweepOnce(world);
    } catch (error) {
      world.log.warn({ err: error }, 'lockouts could not be settled: tried again');
    }
  }

  return keepOn(tellAndSweep, { everyMs });
}

/** Answers how many pairs were told of. */
export async function tellOnce({ pool, tellLockout }: Pick<SignallerWorld, 'pool' | 'tellLockout'>, { pairsPerSecond }: { pairsPerSecond: number }): Promise<number> {
  const claimed = await claimSignals(pool, { perSecond: pairsPerSecond });
  for (const pair of claimed) {
    const told = await readPairTold(pool, pair);
    if (told === null) continue;
    await tellLockout(pair, told);
    await noteTold(pool, pair, told);
  }
  return claimed.length;
}

/** Ten seconds after their time: what a workflow does in time is not done twice, and nothing waits for Temporal. */
export async function sweepOnce({ pool, ids }: Pick<SignallerWorld, 'pool' | 'ids'>): Promise<number> {
  const gate = { ids, write: createPlainEffects({ pool }).run };
  const due = await duePairs(pool, { limit: sweptAtOnce });
  for (const pair of due) await settlePair(gate, pair);
  return due.length;
}
