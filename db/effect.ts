// An effect that is also an entry: rows change and the log says so in one transaction, or neither happens.
import { touchesRights } from '../domain/own-action/own-entry-facts.ts';
import type { Refusal } from '../domain/shared/refusal.ts';
import { inFrame, orRollBack } from './effect-frame.ts';
import type { Effect } from './effect-frame.ts';
import { appendIn, transactionOf } from './journal/append-in.ts';
import type { Appended } from './journal/tail-log.ts';
import { inTenantEm } from './orm.ts';
import type { Em, Orm } from './orm.ts';
import type { Pool } from './pool.ts';

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
  return {
    run: (tenantId, work) =>
      inFrame(pool, async () => {
        const { result, lastSeq, rightsTouched } = await inTenantEm(orm, tenantId, async (em) => {
          const effect = orRollBack(await work(em));
          await em.flush();
          const seqs = await appendIn(transactionOf(em), tenantId, effect.entries);
          return { result: effect.result, lastSeq: seqs.at(-1), rightsTouched: effect.entries.some(touchesRights) };
        });
        if (lastSeq !== undefined) onAppended({ tenantId, lastSeq, touchesRights: rightsTouched });
        return result;
      }),
  };
}
