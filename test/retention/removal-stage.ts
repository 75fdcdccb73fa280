// A database with a store and the pruner's own connections, for tests that remove by themselves.
import { createIds } from '../../db/ids.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { freshDatabase } from '../harness/database.ts';

export interface RemovalStage {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly store: Store;
  readonly pruner: Pool;
  /** Sees and does what neither of them may. */
  readonly owner: Pool;
  end(): Promise<void>;
}

/** With so many connections that remove. */
export async function stageRemovals({ pruners }: { readonly pruners: number }): Promise<RemovalStage> {
  const clock = { nowMs: () => Date.now() };
  const database = await freshDatabase();
  const store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  const pruner = createPool({ url: database.prunerUrl, max: pruners });
  const owner = createPool({ url: database.ownerUrl, max: 1 });
  return {
    clock,
    ids: createIds(clock),
    store,
    pruner,
    owner,
    async end() {
      await Promise.all([pruner.end(), owner.end(), store.close()]);
      await database.drop();
    },
  };
}
