// One poll from its first look to its answer: looks, waits, looks again, and never shows what its asker may not see any more.
import type { Principal } from '../../domain/access/principal.ts';
import { newerThan, sinceEver } from '../../domain/activity/stamps.ts';
import type { Since, Stamps } from '../../domain/activity/stamps.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Micros } from '../../domain/shared/instant.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Board } from './board.ts';
import type { KnownStamps } from './known-stamps.ts';
import type { OneAfterAnother } from './one-after-another.ts';
import type { PollTarget } from './poll-target.ts';
import type { StampsRead } from './read-stamps.ts';

export interface PollAsked {
  readonly principal: Principal;
  /** Null for the asker's own. */
  readonly profileId: string | null;
  /** Null for all. */
  readonly fields: readonly string[] | null;
  /** Nothing recorded up to then makes the poll answer. */
  readonly since: Micros | null;
  /** Only what is newer is shown, instead of all that is known. */
  readonly onlyUpdated: boolean;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Asked again before what was waited for is shown. */
  readonly admit: () => Promise<Refusal | undefined> | Refusal | undefined;
}

export interface PollParts {
  readonly asked: PollAsked;
  readonly target: PollTarget;
  readonly board: Board;
  readonly known: KnownStamps;
  readonly clock: Clock;
  readonly rightsQueue: OneAfterAnother;
  readonly stillMay: () => Promise<Refusal | null>;
}

export class Poll {
  readonly #parts: PollParts;
  readonly #fields: ReadonlySet<string> | null;
  readonly #deadlineMs: number;
  #since: Since;

  constructor(parts: PollParts) {
    const { asked, board, clock } = parts;
    this.#parts = parts;
    this.#fields = asked.fields === null ? null : new Set(asked.fields);
    this.#deadlineMs = Math.min(clock.nowMs() + asked.waitMs, asked.principal.expiresAtSeconds * 1000);
    this.#since = firstSince(asked, board);
  }

  async answer(): Promise<Stamps | Refusal> {
    const { asked, board } = this.#parts;
    let news = board.log.isCurrent() ? await this.#look() : await this.#newsStored();
    while (!isRefusal(news) && news.size === 0) {
      const woken = await this.#wait();
      if (woken !== 'again') return woken ?? news;
      news = await this.#look();
    }
    if (isRefusal(news) || asked.onlyUpdated) return news;
    const known = await this.#stored([...news.values()].reduce((latest, { seq }) => Math.max(latest, seq), 0));
    return isRefusal(known) ? known : known.stamps;
  }

  async #look(): Promise<Stamps | Refusal> {
    const { board, target } = this.#parts;
    return board.covers(this.#since) ? board.newer({ subject: target.subject, fields: this.#fields, since: this.#since }) : this.#newsStored();
  }

  async #newsStored(): Promise<Stamps | Refusal> {
    const stored = await this.#stored(0);
    if (isRefusal(stored)) return stored;
    const { stamps, seq, headSeq, headAt } = stored;
    if (headAt !== null) this.#parts.board.learn({ seq: headSeq, at: headAt });
    const news = newerThan(stamps, this.#since);
    this.#since = { seq: Math.max(seq, this.#since.seq), at: this.#since.at };
    return news;
  }

  #stored(throughSeq: number): Promise<StampsRead | Refusal> {
    const { asked, target, known } = this.#parts;
    return known.read({ tenantId: asked.principal.tenantId, subject: target.subject, fields: asked.fields, throughSeq });
  }

  /** Null when it was in vain; rights are looked at again before anything that was waited for is shown. */
  async #wait(): Promise<'again' | Refusal | null> {
    const { asked, board, target, clock, rightsQueue, stillMay } = this.#parts;
    const { subject, watched } = target;
    // Between the last look and here the board may have got something, or lost what it had.
    if (!board.covers(this.#since) || board.newer({ subject, fields: this.#fields, since: this.#since }).size > 0) return 'again';
    const wokenBy = await board.wait({ subject, watched, fields: this.#fields, timeoutMs: this.#deadlineMs - clock.nowMs(), signal: asked.signal });
    if (wokenBy === 'gone') return null;
    if (wokenBy === 'time') return this.#isHeldToExpiry() ? refuse('AUTH_TOKEN_EXPIRED') : null;
    const refusal = wokenBy === 'rights' ? await rightsQueue.run(stillMay) : await stillMay();
    return refusal ?? 'again';
  }

  /** Whoever does not wait is answered as long as their token is taken. */
  #isHeldToExpiry(): boolean {
    const { asked, clock } = this.#parts;
    return asked.waitMs > 0 && clock.nowMs() + timerEarlyMs >= asked.principal.expiresAtSeconds * 1000;
  }
}

/** A timer may fire so much before its time by the clock. */
const timerEarlyMs = 1;

/** Without a time, `updated` means from now on; a first call with neither asks for what is known. */
function firstSince({ since, onlyUpdated }: PollAsked, { log }: Board): Since {
  if (since !== null) return { seq: -1, at: since };
  return onlyUpdated ? { seq: log.position, at: Number.NEGATIVE_INFINITY } : sinceEver;
}
