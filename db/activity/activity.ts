// Polls for activity: answered from memory while they ask for what is new, from the folded log otherwise, and held at the cost of a timer.
import type { Stamps } from '../../domain/activity/stamps.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Tail } from '../journal/tail.ts';
import type { Pool } from '../pool.ts';
import { Boards } from './boards.ts';
import { createKnownStamps } from './known-stamps.ts';
import { OneAfterAnother } from './one-after-another.ts';
import { createPollTargets } from './poll-target.ts';
import { Poll } from './poll.ts';
import type { PollAsked } from './poll.ts';

export interface Activity {
  /** Empty when there was nothing. */
  poll(asked: PollAsked): Promise<Stamps | Refusal>;
  /** How many polls are held now. */
  readonly held: number;
  close(): void;
}

export interface ActivityOptions {
  readonly pool: Pool;
  readonly tail: Pick<Tail, 'watch'>;
  readonly clock: Clock;
  /** Told of work behind the polls that failed; the next poll does it again. */
  readonly onError: (error: unknown) => void;
  /** Held at once by this process; more are told to come back. */
  readonly maxHeld?: number;
}

/** A change in a group may concern everybody who waits: they ask for their rights a few at a time. */
const rightsAskedAtOnce = 4;

export function createActivity({ pool, tail, clock, onError, maxHeld = 20_000 }: ActivityOptions): Activity {
  const targets = createPollTargets({ pool });
  const known = createKnownStamps({ pool, onError });
  const boards = new Boards({ clock, onGrown: known.keepUp });
  const rightsQueue = new OneAfterAnother(rightsAskedAtOnce);

  async function poll(asked: PollAsked): Promise<Stamps | Refusal> {
    const log = await tail.watch(asked.principal.tenantId);
    if (log === null) return refuse('TENANT_UNKNOWN');
    const target = await targets.find({ log, ...asked });
    if (isRefusal(target)) return target;
    if (asked.waitMs > 0 && boards.held >= maxHeld) return tooManyHeld;
    const stillMay = async (): Promise<Refusal | null> => {
      if (asked.principal.expiresAtSeconds * 1000 <= clock.nowMs()) return refuse('AUTH_TOKEN_EXPIRED');
      const refused = (await asked.admit()) ?? (await targets.find({ log, ...asked }));
      return isRefusal(refused) ? refused : null;
    };
    return new Poll({ asked, target, board: boards.of(log), known, clock, rightsQueue, stillMay }).answer();
  }

  return {
    poll,
    get held() {
      return boards.held;
    },
    close: () => {
      known.stop();
      boards.close();
    },
  };
}

const tooManyHeld = refuse('TOO_BUSY', { message: 'Too many polls are held at the moment; try again shortly.', retryAfterSeconds: 5 });
