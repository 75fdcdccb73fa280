// What the live doors need from outside themselves; a composition root makes it, tests make it with other limits.
import type { Logger } from 'pino';
import type { Authenticator } from '../../api/auth/authenticate.ts';
import type { LiveTokens } from '../../api/auth/live-tokens.ts';
import type { Tail } from '../../db/journal/tail.ts';
import type { Orm } from '../../db/orm.ts';
import type { Pool } from '../../db/pool.ts';
import type { SessionNotes } from '../../db/session/session-notes.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { Cursors } from '../../domain/cursor/cursor.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Hub } from '../hub/hub.ts';
import type { LiveLimits } from '../hub/limits.ts';

export interface LiveWorld extends Authenticator {
  readonly log: Logger;
  readonly clock: Clock;
  readonly cursors: Cursors;
  readonly liveTokens: LiveTokens;
  /** Told of whoever is let in: a session used here alone is listed, and can be ended, like any other. */
  readonly sessions: SessionNotes;
  /** Connections of the live doors' own: reading what was missed must not wait for the REST door, nor make it wait. */
  readonly pool: Pool;
  readonly orm: Orm;
  readonly tail: Pick<Tail, 'watch'>;
  /** Marks an event as read by somebody; a refusal where it is not theirs to see. */
  readonly acknowledge: (principal: Principal, eventId: string) => Promise<Refusal | null>;
  /** Beside pages of our own host, pages of these origins may connect. */
  readonly allowedOrigins: readonly string[];
  readonly limits: LiveLimits;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** As the doors see it: with the hub they all share. */
export interface DoorWorld extends LiveWorld {
  readonly hub: Hub;
}
