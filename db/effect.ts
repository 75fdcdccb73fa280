// An effect that is also an entry: rows change and the log says so in one transaction, or neither happens.
import type { EntryFacts } from '../domain/journal/entry.ts';
import { touchesRights } from '../domain/own-action/own-entry-facts.ts';
import { isRefusal } from '../domain/shared/refusal.ts';
import type { Refusal } from '../domain/shared/refusal.ts';
import { appendIn, transactionOf } from './journal/append-in.ts';
import { ensurePartitions, isMissingPartition } from './journal/partitions.ts';
import type { Appended } from './journal/tail.ts';
import { inTenantEm } from './orm.ts';
import type { Em, Orm } from './orm.ts';
import type { Pool } from './pool.ts';

export interface Effect<T> {
  readonly result: T;
  readonly entries: readonly EntryFacts[];
}

export interface Effects {
  /** A refusal rolls everything back. The entries are appended as the last statement before COMMIT. */
  run<T>(tenantId: string, work: (em: Em) => Promise<Effect<T> | Refusal>): Promise<T | Refusal>;
}

export interface EffectsOptions {
  readonly orm: Orm;
  readonly pool: Pool;
  readonly onAppended: (appended: Appended) => void;
}

export function createEffects({ orm, pool, onAppended }: EffectsOptions): Effects {
  async function attempt<T>(tenantId: string, work: (em: Em) => Promise<Effect<T> | Refusal>): Promise<T | Refusal> {
    try {
      const { result, lastSeq, rightsTouched } = await inTenantEm(orm, tenantId, async (em) => {
        const effect = await work(em);
        if (isRefusal(effect)) throw new RolledBack(effect);
        await em.flush();
        const seqs = await appendIn(transactionOf(em), tenantId, effect.entries);
        return { result: effect.result, lastSeq: seqs.at(-1), rightsTouched: effect.entries.some(touchesRights) };
      });
      if (lastSeq !== undefined) onAppended({ tenantId, lastSeq, touchesRights: rightsTouched });
      return result;
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

/** Carries a refusal out of a transaction, so that it is rolled back on the way. */
export class RolledBack extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super('rolled back by a refusal');
    this.refusal = refusal;
  }
}
