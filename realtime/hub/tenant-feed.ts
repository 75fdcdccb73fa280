// The log of one tenant as its live readers get it: in order, each entry once, and never past an entry about rights before those were read anew.
import type { LivePage, LiveQuery } from '../../db/journal/read-live.ts';
import { fewEntries } from '../../db/journal/read-news.ts';
import type { FreshPage, NewsQuery, NewsWish } from '../../db/journal/read-news.ts';
import type { TailLog } from '../../db/journal/tail-log.ts';
import type { CursorPlace, Cursors } from '../../domain/cursor/cursor.ts';
import { judgeCursor } from '../../domain/cursor/judge-cursor.ts';
import { isLive } from '../../domain/own-action/own-entry-facts.ts';
import type { Micros } from '../../domain/shared/instant.ts';
import type { Connected } from './connection.ts';
import type { LiveLimits } from './limits.ts';
import { News } from './news.ts';
import type { Pace } from './pace.ts';
import { rightsEffectOf } from './rights-effect.ts';
import type { RightsEffect } from './rights-effect.ts';
import { roomKeysOf } from './room.ts';
import { createSharedPages } from './shared-pages.ts';
import type { NewsPage, SharedPages } from './shared-pages.ts';
import type { FeedPlace, Subscription } from './subscription.ts';
import { createTogether } from './together.ts';
import type { Together } from './together.ts';

export interface TenantFeedParts {
  readonly log: TailLog;
  readonly cursors: Cursors;
  readonly limits: LiveLimits;
  /** For what is new: never waits behind those who catch up. */
  readonly readNews: (query: NewsQuery) => Promise<LivePage | null>;
  /** The same, where it is more, or where the log was not read yet. */
  readonly readManyNews: (query: LiveQuery) => Promise<LivePage | null>;
  /** For those who catch up: they take turns. */
  readonly readMissed: (query: LiveQuery) => Promise<LivePage | null>;
  readonly pace: Pace;
  /** Reads the rights of these connections anew and applies them, before it answers. */
  readonly judge: (connections: readonly Connected[], effect: RightsEffect) => Promise<void>;
  /** The same for those who come: they take turns with those who catch up. */
  readonly judgeArrived: (connections: readonly Connected[]) => Promise<void>;
  /** The log is another one now (a restored backup): nobody here can go on. */
  readonly onReplaced: () => void;
  readonly onError: (error: unknown) => void;
}

const afterErrorMs = 250;
const arrivalsAtOnce = 200;
/** Frames for so many take about as long as the answer to who told of the entry. */
const fewListeners = 50;
/** What comes together with its writing is kept for so many seqs from where the feed stands. */
const freshAhead = 2 * fewEntries;

export class TenantFeed implements FeedPlace {
  readonly tenantId: string;
  readonly epoch: string;
  readonly #connections = new Set<Connected>();
  readonly #ofUsers = new Map<string, number>();
  readonly #parts: TenantFeedParts;
  readonly #byKey = new Map<string, Set<Subscription>>();
  /** Whoever comes is judged here, together with all who come at once. */
  readonly arrivals: Together<Connected>;
  readonly #missed: SharedPages;
  readonly #unsubscribe: () => void;
  #position: number;
  /** When the newest entry that was read here was recorded: all after it were later. */
  #recordedAt: Micros | null = null;
  /** Pages that came together with their writing, by the seq they go on from. */
  readonly #fresh = new Map<number, FreshPage>();
  #pumping = false;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(parts: TenantFeedParts) {
    this.#parts = parts;
    this.tenantId = parts.log.tenantId;
    this.epoch = parts.log.epoch;
    this.#position = parts.log.position;
    this.arrivals = createTogether({ atMost: arrivalsAtOnce, work: parts.judgeArrived });
    this.#missed = createSharedPages({ readPage: parts.readMissed, cursorAt: this.cursorAt, floor: () => parts.log.floor });
    // The entries are read here, whole: only that there are more is of interest, and not whether the tail has them yet.
    this.#unsubscribe = parts.log.subscribeHead({ onHead: (page) => { this.#wake(page); }, wish: () => this.#wish() });
    this.#wake();
  }

  get connections(): ReadonlySet<Connected> {
    return this.#connections;
  }

  connectionsOf(userId: string): number {
    return this.#ofUsers.get(userId) ?? 0;
  }

  add(connection: Connected): void {
    const { userId } = connection.principal;
    this.#connections.add(connection);
    this.#ofUsers.set(userId, this.connectionsOf(userId) + 1);
  }

  remove(connection: Connected): void {
    if (!this.#connections.delete(connection)) return;
    const { userId } = connection.principal;
    const left = this.connectionsOf(userId) - 1;
    if (left > 0) this.#ofUsers.set(userId, left);
    else this.#ofUsers.delete(userId);
  }

  get position(): number {
    return this.#position;
  }

  /** The newest seq there is; null while the tail cannot vouch for it. */
  get knownHead(): number | null {
    const { log } = this.#parts;
    return log.isCurrent() ? Math.max(log.position, this.#position) : null;
  }

  /** False also where only the database can tell. */
  knowsPlace(place: CursorPlace, scopeTag: string | null): boolean {
    const { floor } = this.#parts.log;
    return judgeCursor(place, { epoch: this.epoch, head: this.#position, floor, scopeTag, cursorAt: this.cursorAt }) === null;
  }

  readonly cursorAt = (seq: number, acceptedFloor = 0): string => this.#parts.cursors.make(this.tenantId, { epoch: this.epoch, seq, scopeTag: null, acceptedFloor });

  readonly readPage = (query: LiveQuery): Promise<NewsPage | null> => this.#missed.read(query);

  get pace(): Pace {
    return this.#parts.pace;
  }

  join(subscription: Subscription): void {
    const { key } = subscription.room;
    const listeners = this.#byKey.get(key) ?? new Set();
    listeners.add(subscription);
    this.#byKey.set(key, listeners);
  }

  leave(subscription: Subscription): void {
    const { key } = subscription.room;
    const listeners = this.#byKey.get(key);
    listeners?.delete(subscription);
    if (listeners?.size === 0) this.#byKey.delete(key);
  }

  close(): void {
    this.#closed = true;
    this.#fresh.clear();
    clearTimeout(this.#retry);
    this.#missed.close();
    this.#unsubscribe();
  }

  /** Only where what comes next will soon be told: a page that cannot be taken was read in vain. */
  #wish(): NewsWish | null {
    if (this.#closed || this.#recordedAt === null || this.#parts.log.head - this.#position > freshAhead) return null;
    return { withEarlier: this.#someoneShowsEarlier(), recordedFrom: this.#recordedAt };
  }

  #wake(given: FreshPage | null = null): void {
    if (this.#closed) return;
    if (this.#parts.log.epoch !== this.epoch) {
      this.close();
      this.#parts.onReplaced();
      return;
    }
    if (given !== null && given.throughSeq - this.#position <= freshAhead) this.#fresh.set(given.afterSeq, given);
    if (this.#pumping || this.#position >= this.#parts.log.head) return;
    this.#pumping = true;
    this.#pump().then(
      () => {
        this.#pumping = false;
        this.#wake();
      },
      (error: unknown) => {
        this.#pumping = false;
        this.#parts.onError(error);
        this.#retry = setTimeout(() => {
          this.#wake();
        }, afterErrorMs);
      },
    );
  }

  async #pump(): Promise<void> {
    while (!this.#closed && this.#position < this.#parts.log.head) {
      const fresh = this.#takeFresh();
      // Beyond that whoever told of it is answered first: they wait for the commit, and not for all who listen.
      if (fresh !== null && this.#countListeners(fresh) > fewListeners) await new Promise((resolve) => setImmediate(resolve));
      const page = fresh ?? (await this.#readOn());
      if (this.#isClosed()) return;
      if (page?.epoch !== this.epoch) throw new Error('the log is not the one that is followed');
      const effect = rightsEffectOf(page.entries);
      if (effect !== null) await this.#judge(effect, page.throughSeq);
      this.#deliver(page);
    }
  }

  /** What was passed meanwhile is of no use any more, nor is what lacks what somebody who came meanwhile is shown. */
  #takeFresh(): FreshPage | null {
    const page = this.#fresh.get(this.#position) ?? null;
    for (const afterSeq of this.#fresh.keys()) if (afterSeq <= this.#position) this.#fresh.delete(afterSeq);
    return page === null || page.withEarlier || !this.#someoneShowsEarlier() ? page : null;
  }

  #readOn(): Promise<LivePage | null> {
    const next = { tenantId: this.tenantId, afterSeq: this.#position, throughSeq: this.#parts.log.head, withEarlier: this.#someoneShowsEarlier() };
    const recordedFrom = this.#recordedAt;
    if (recordedFrom !== null && next.throughSeq - next.afterSeq <= fewEntries) return this.#parts.readNews({ ...next, recordedFrom });
    return this.#parts.readManyNews({ ...next, selection: { kind: 'all' }, limit: this.#parts.limits.pageEntries });
  }

  /** What the process remembers of rights is as new as what the tail has passed, and not newer. */
  async #judge(effect: RightsEffect, seq: number): Promise<void> {
    await this.#parts.log.reached(seq);
    await this.#parts.judge([...this.#connections], effect);
  }

  #deliver({ entries, throughSeq }: LivePage): void {
    for (const entry of entries) {
      this.#position = entry.seq;
      this.#recordedAt = entry.recordedAt;
      if (isLive(entry)) this.#offer(new News(entry, this.cursorAt));
    }
    this.#position = throughSeq;
  }

  #offer(news: News): void {
    for (const key of roomKeysOf(news.entry)) {
      const listeners = this.#byKey.get(key);
      // Who falls behind or leaves meanwhile changes the set; a set's own iterator stands that.
      if (listeners !== undefined) for (const subscription of listeners) subscription.offer(news);
    }
  }

  #countListeners({ entries }: LivePage): number {
    let count = 0;
    for (const entry of entries) for (const key of roomKeysOf(entry)) count += this.#byKey.get(key)?.size ?? 0;
    return count;
  }

  #someoneShowsEarlier(): boolean {
    for (const listeners of this.#byKey.values()) for (const { withEarlier } of listeners) if (withEarlier) return true;
    return false;
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}
