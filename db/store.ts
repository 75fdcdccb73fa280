// Everything that remembers, opened together and closed in order: the journal answers what it took in before its connections end.
import type { Clock } from '../domain/shared/clock.ts';
import { createActivity } from './activity/activity.ts';
import type { Activity } from './activity/activity.ts';
import { createRightsCache } from './access/rights-cache.ts';
import type { RightsCache } from './access/rights-cache.ts';
import { createEffects } from './effect.ts';
import type { Effects } from './effect.ts';
import { createJournal } from './journal/journal.ts';
import type { Journal } from './journal/journal.ts';
import { createLogMonths } from './journal/log-months.ts';
import type { LogMonths } from './journal/log-months.ts';
import { createTail } from './journal/tail.ts';
import type { Tail } from './journal/tail.ts';
import { createRecorder } from './own-action/recorder.ts';
import type { OwnActionRecorder } from './own-action/recorder.ts';
import { createSessionNotes } from './session/session-notes.ts';
import type { SessionNotes } from './session/session-notes.ts';
import { writeSeen } from './session/write-seen.ts';
import { createOrm } from './orm.ts';
import type { Orm } from './orm.ts';
import { createPlainEffects } from './plain-effect.ts';
import type { PlainEffects } from './plain-effect.ts';
import { createPool } from './pool.ts';
import type { Pool } from './pool.ts';

export interface Store {
  readonly pool: Pool;
  /** Not pipelined: for rows that are copied out. */
  readonly copying: Pool;
  readonly orm: Orm;
  readonly journal: Journal;
  readonly tail: Tail;
  readonly logMonths: LogMonths;
  readonly effects: Effects;
  /** For the gate of sign-ins: many attempts on one pair wait for its row, and only for each other. */
  readonly gateEffects: PlainEffects;
  readonly recorder: OwnActionRecorder;
  readonly rights: RightsCache;
  readonly sessions: SessionNotes;
  readonly activity: Activity;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** As the application's role. */
  readonly appUrl: string;
  readonly clock: Clock;
  /** Told of a connection that broke and of a round of the tail that failed; both are tried again. */
  readonly onTrouble: (trouble: { readonly part: 'pool' | 'orm' | 'tail' | 'recorder' | 'activity' | 'sessions'; readonly error: unknown }) => void;
}

/** Connections of each kind: the log's own ones wait neither for long reads nor for each other's tenants. */
const connections = { reading: 12, appending: 6, tail: 2, noting: 1, copying: 2, orm: 4, gate: 8 };

export async function openStore({ appUrl, clock, onTrouble }: StoreOptions): Promise<Store> {
  const poolOf = (max: number, { pipelined = true } = {}) => createPool({ url: appUrl, max, pipelined, onError: (error) => { onTrouble({ part: 'pool', error }); } });
  const pool = poolOf(connections.reading);
  const appendPool = poolOf(connections.appending);
  const tailPool = poolOf(connections.tail);
  const notingPool = poolOf(connections.noting);
  const gatePool = poolOf(connections.gate);
  const copying = poolOf(connections.copying, { pipelined: false });
  const orm = await createOrm({ url: appUrl, max: connections.orm, onError: (error) => { onTrouble({ part: 'orm', error }); } });
  const tail = createTail({ pool: tailPool, clock, onError: (error) => { onTrouble({ part: 'tail', error }); } });
  const journal = createJournal({ pool: appendPool, onAppended: tail.noteAppended, newsWish: tail.newsWish });
  const sessions = createSessionNotes({ write: (tenantId, seen) => writeSeen(notingPool, tenantId, seen), clock, onTrouble: (error) => { onTrouble({ part: 'sessions', error }); } });
  const recorder = createRecorder({
    journal,
    onLost: ({ tenantId, action, reason }) => {
      onTrouble({ part: 'recorder', error: new Error(`the action ${String(action)} of tenant ${tenantId} was not recorded`, { cause: reason }) });
    },
  });
  const activity = createActivity({ pool, tail, clock, onError: (error) => { onTrouble({ part: 'activity', error }); } });
  return {
    pool,
    copying,
    orm,
    journal,
    tail,
    logMonths: createLogMonths(),
    effects: createEffects({ orm, pool, onAppended: tail.noteAppended }),
    gateEffects: createPlainEffects({ pool: gatePool, onAppended: tail.noteAppended }),
    rights: createRightsCache({ pool, tail }),
    activity,
    recorder,
    sessions,
    async close() {
      await sessions.close();
      await recorder.close();
      activity.close();
      await journal.close();
      await tail.stop();
      await Promise.all([pool.end(), appendPool.end(), tailPool.end(), notingPool.end(), gatePool.end(), copying.end(), orm.close()]);
    },
  };
}
