// What the workflow of a lockout does to the world: settles the pair's row, and says when the counts differ.
import { Context } from '@temporalio/activity';
import type { Counted } from '../../domain/lockout/count-behind.ts';
import { settlePair } from '../../db/lockout/gate.ts';
import { noteTold } from '../../db/lockout/tell-pair.ts';
import { createPlainEffects } from '../../db/plain-effect.ts';
import type { ActivityWorld } from '../world.ts';

export interface LockoutPair {
  readonly tenantId: string;
  readonly pairId: string;
}

export interface LockoutActivities {
  /** What time has made of the pair becomes true in its row, with its entries; run again it changes nothing. Null when the pair is written off. */
  settlePair(pair: LockoutPair): Promise<Counted | null>;
  reportDifference(pair: LockoutPair & { readonly version: number }): Promise<void>;
}

export function createLockoutActivities({ pool, ids }: Pick<ActivityWorld, 'pool' | 'ids'>): LockoutActivities {
  const gate = { ids, write: createPlainEffects({ pool }).run };
  return {
    async settlePair({ tenantId, pairId: id }) {
      const settled = await settlePair(gate, { tenantId, id });
      // The workflow knows it by this answer; it need not be told again.
      if (settled !== null) await noteTold(pool, { tenantId, id }, settled);
      return settled;
    },
    reportDifference(pair) {
      Context.current().log.error('the count behind a lockout differs from its row', { ...pair });
      return Promise.resolve();
    },
  };
}
