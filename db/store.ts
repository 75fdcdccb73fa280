// Everything that remembers, opened together and closed in order: the journal answers what it took in before its connections end.
import type { Clock } from '../domain/shared/clock.ts';
import { createRightsCache } from './access/rights-cache.ts';
import type { RightsCache } from './access/rights-cache.ts';
import { createEffects } from './effect.ts';
import type { Effects } from './effect.ts';
import { createJournal } from './journal/journal.ts';
import type { Journal } from './journal/journal.ts';
import { createTail } from './journal/tail.ts';
import type { Tail } from './journal/tail.ts';
import { createOrm } from './orm.ts';
import type { Orm } from './orm.ts';
import { createPool } from './pool.ts';
import type { Pool } from './pool.ts';

export interface Store {
  readonly pool: Pool;
  readonly orm: Orm;
  readonly journal: Journal;
  readonly tail: Tail;
  readonly effects: Effects;
  readonly rights: RightsCache;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** As the application's role. */
  readonly appUrl: string;
  readonly clock: Clock;
  /** Told of a connection that broke and of a round of the tail that failed; both are tried again. */
  readonly onTrouble: (trouble: { readonly part: 'pool' | 'orm' | 'tail'; readonly error: unknown }) => void;
}

/** Connections of each kind: the log's own ones wait neither for long reads nor for each other's tenants. */
const connections = { reading: 12, appending: 6, tail: 2, orm: 4 };

export async function openStore({ appUrl, clock, onTrouble }: StoreOptions): Promise<Store> {
  const poolOf = (max: number) => createPool({ url: appUrl, max, onError: (error) => { onTrouble({ part: 'pool', error }); } });
  const pool = poolOf(connections.reading);
  const appendPool = poolOf(connections.appending);
  const tailPool = poolOf(connections.tail);
  const orm = await createOrm({ url: appUrl, max: connections.orm, onError: (error) => { onTrouble({ part: 'orm', error }); } });
  const tail = createTail({ pool: tailPool, clock, onError: (error) => { onTrouble({ part: 'tail', error }); } });
  const journal = createJournal({ pool: appendPool, onAppended: tail.noteAppended });
  return {
    pool,
    orm,
    journal,
    tail,
    effects: createEffects({ orm, pool, onAppended: tail.noteAppended }),
    rights: createRightsCache({ pool, tail }),
    async close() {
      await journal.close();
      await tail.stop();
      await Promise.all([pool.end(), appendPool.end(), tailPool.end(), orm.close()]);
    },
  };
}
