// An effect that is also an entry, for processes and paths without the ORM: rows change and the log says so in one transaction, or neither happens.
import { isRefusal } from '../domain/shared/refusal.ts';
import type { Refusal } from '../domain/shared/refusal.ts';
import { asking } from './access/ask.ts';
import type { Ask } from './access/ask.ts';
import { RolledBack } from './effect.ts';
import type { Effect } from './effect.ts';
import { appendIn, transactionOn } from './journal/append-in.ts';
import { ensurePartitions, isMissingPartition } from './journal/partitions.ts';
import type { Pool } from './pool.ts';
import { inTenant } from './tenant-transaction.ts';

export interface PlainEffects {
  /** A refusal rolls everything back. The entries are appended as the last statement before COMMIT. */
  run<T>(tenantId: string, work: (ask: Ask) => Promise<Effect<T> | Refusal>): Promise<T | Refusal>;
}

export function createPlainEffects({ pool }: { readonly pool: Pool }): PlainEffects {
  async function attempt<T>(tenantId: string, work: (ask: Ask) => Promise<Effect<T> | Refusal>): Promise<T | Refusal> {
    try {
      return await inTenant(pool, tenantId, async (client) => {
        const effect = await work(asking(client));
        if (isRefusal(effect)) throw new RolledBack(effect);
        await appendIn(transactionOn(client), tenantId, effect.entries);
        return effect.result;
      });
    } catch (error) {
      if (error instanceof RolledBack) return error.refusal;
      throw error;
    }
  }

  return {
    async run(tenantId, work) {
      try {
        return await attempt(tenantId, work);
      } catch (error) {
        if (!isMissingPartition(error)) throw error;
        await ensurePartitions(pool, 1);
        return attempt(tenantId, work);
      }
    },
  };
}
