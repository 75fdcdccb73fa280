// An effect that is also an entry, for processes and paths without the ORM: rows change and the log says so in one transaction, or neither happens.
import { touchesRights } from '../domain/own-action/own-entry-facts.ts';
import type { Refusal } from '../domain/shared/refusal.ts';
import { asking } from './access/ask.ts';
import type { Ask } from './access/ask.ts';
import { inFrame, orRollBack } from './effect-frame.ts';
import type { Effect } from './effect-frame.ts';
import { appendIn, transactionOn } from './journal/append-in.ts';
import type { Appended } from './journal/tail-log.ts';
import type { Pool } from './pool.ts';
import { inTenant } from './tenant-transaction.ts';

export interface PlainEffects {
  /** A refusal rolls everything back. The entries are appended as the last statement before COMMIT. */
  run<T>(tenantId: string, work: (ask: Ask) => Promise<Effect<T> | Refusal>): Promise<T | Refusal>;
}

export interface PlainEffectsOptions {
  readonly pool: Pool;
  /** Where the process has a tail, which then knows of the entries at once. */
  readonly onAppended?: (appended: Appended) => void;
}

export function createPlainEffects({ pool, onAppended }: PlainEffectsOptions): PlainEffects {
  return {
    run: (tenantId, work) =>
      inFrame(pool, async () => {
        const { result, lastSeq, rightsTouched } = await inTenant(pool, tenantId, async (client) => {
          const effect = orRollBack(await work(asking(client)));
          const seqs = await appendIn(transactionOn(client), tenantId, effect.entries);
          return { result: effect.result, lastSeq: seqs.at(-1), rightsTouched: effect.entries.some(touchesRights) };
        });
        if (lastSeq !== undefined) onAppended?.({ tenantId, lastSeq, touchesRights: rightsTouched });
        return result;
      }),
  };
}
