// The log of one tenant as its live readers get it: in order, each entry once, and never past an entry about rights before those were read anew.
import type { LivePage, LiveQuery } from '../../db/journal/read-live.ts';
import type { TailLog } from '../../db/journal/tail-log.ts';
import type { CursorPlace, Cursors } from '../../domain/cursor/cursor.ts';
import { judgeCursor } from '../../domain/cursor/judge-cursor.ts';
import { isLive } from '../../domain/own-action/own-entry-facts.ts';
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
  readonly readNews: (query: LiveQuery) => Promise<LivePage | null>;
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
    this.#unsubscribe = parts.log.subscribeHead(() => {
      this.#wake();
    });
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
    clearTimeout(this.#retry);
    this.#missed.close();
    this.#unsubscribe();
  }

  #wake(): void {
    if (this.#closed) return;
    if (this.#parts.log.epoch !== this.epoch) {
      this.close();
      this.#parts.onReplaced();
      return;
    }
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
      const page = await this.#parts.readNews({
        tenantId: this.tenantId,
        afterSeq: this.#position,
        throughSeq: this.#parts.log.head,
        selection: { kind: 'all' },
        withEarlier: this.#someoneShowsEarlier(),
        limit: this.#parts.limits.pageEntries,
      });
      if (this.#isClosed()) return;
      if (page?.epoch !== this.epoch) throw new Error('the log is not the one that is followed');
      const effect = rightsEffectOf(page.entries);
      if (effect !== null) await this.#judge(effect, page.throughSeq);
      this.#deliver(page);
    }
  }

  /** What the process remembers of rights is as new as what the tail has passed, and not newer. */
  async #judge(effect: RightsEffect, seq: number): Promise<void> {
    await this.#parts.log.reached(seq);
    await this.#parts.judge([...this.#connections], effect);
  }

  #deliver({ entries, throughSeq }: LivePage): void {
    for (const entry of entries) {
      this.#position = entry.seq;
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

  #someoneShowsEarlier(): boolean {
    for (const listeners of this.#byKey.values()) for (const { withEarlier } of listeners) if (withEarlier) return true;
    return false;
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}
