// One room of one connection: first what was missed, from the log, then live; back to the log whenever the reader falls behind.
import { setTimeout as pause } from 'node:timers/promises';
import type { LiveQuery } from '../../db/journal/read-live.ts';
import type { Viewer } from '../../domain/access/audience.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Connection } from './connection.ts';
import type { LiveLimits } from './limits.ts';
import { News } from './news.ts';
import type { Pace } from './pace.ts';
import type { Room } from './room.ts';
import type { NewsPage } from './shared-pages.ts';

/** What an adapter makes of a room's entries, in the words of its wire. */
export interface Listener<Frame> {
  readonly room: Room;
  /** Listeners of one connection with the same form make the same frames of an entry: it is sent once. */
  readonly form: object;
  /** Whether its frames show what earlier changes said of a resource. */
  readonly withEarlier: boolean;
  /** None for an entry that this wire has no words for. */
  frames(news: News, viewer: Viewer): readonly Frame[];
  lag(from: string, to: string): Frame;
  /** The rights to the room were lost; the connection stays. */
  onRevoked(): void;
  /** The log cannot be read on from where this reader stands. */
  onRefused(refusal: Refusal): void;
}

/** What the feed needs of a subscription, whatever its frames are. */
export interface Subscription {
  readonly room: Room;
  readonly withEarlier: boolean;
  /** A new entry of the tenant, in order; only listened to while live. */
  offer(news: News): void;
  /** After the rights of its connection were read anew. */
  judge(): void;
  end(): void;
}

/** The feed as its subscriptions see it. */
export interface FeedPlace {
  readonly tenantId: string;
  readonly epoch: string;
  /** Everything up to it was offered, and the rights of all connections are as new as it. */
  readonly position: number;
  cursorAt(seq: number, acceptedFloor?: number): string;
  readPage(query: LiveQuery): Promise<NewsPage | null>;
  /** In which those who catch up are told what they missed. */
  readonly pace: Pace;
  leave(subscription: Subscription): void;
}

export interface SubscriptionParts<Frame> {
  readonly connection: Connection<Frame>;
  readonly listener: Listener<Frame>;
  readonly feed: FeedPlace;
  readonly limits: LiveLimits;
  /** The reader has everything up to it. */
  readonly afterSeq: number;
  /** What is gone below it is not missed: known to this reader when it began. */
  readonly acceptedFloor: number;
  readonly onError: (error: unknown) => void;
}

export class RoomSubscription<Frame> implements Subscription {
  readonly room: Room;
  readonly withEarlier: boolean;
  readonly #connection: Connection<Frame>;
  readonly #listener: Listener<Frame>;
  readonly #feed: FeedPlace;
  readonly #limits: LiveLimits;
  readonly #onError: (error: unknown) => void;
  readonly #acceptedFloor: number;
  #position: number;
  #state: 'new' | 'replaying' | 'live' | 'ended' = 'new';

  constructor({ connection, listener, feed, limits, afterSeq, acceptedFloor, onError }: SubscriptionParts<Frame>) {
    this.room = listener.room;
    this.withEarlier = listener.withEarlier;
    this.#connection = connection;
    this.#listener = listener;
    this.#feed = feed;
    this.#limits = limits;
    this.#onError = onError;
    this.#acceptedFloor = acceptedFloor;
    this.#position = afterSeq;
  }

  /** Called after the answer to the join is on the wire: frames come behind it. */
  start(): void {
    if (this.#state === 'new') this.#replay();
  }

  offer(news: News): void {
    if (this.#state !== 'live' || news.seq <= this.#position || this.#connection.isExpired) return;
    if (!this.room.shows(news.entry, this.#connection.viewer)) return;
    const frames = this.#listener.frames(news, this.#connection.viewer);
    if (frames.length === 0) return;
    if (!this.#connection.takesMore()) {
      this.#fallBehind(news.seq - 1);
      return;
    }
    if (!this.#connection.claim(this.#listener.form, news.seq)) return;
    for (const frame of frames) this.#connection.send(frame);
  }

  judge(): void {
    if (this.#state === 'ended' || this.room.mayJoin(this.#connection.viewer)) return;
    this.end();
    this.#listener.onRevoked();
  }

  end(): void {
    this.#state = 'ended';
    this.#connection.subscriptions.delete(this);
    this.#feed.leave(this);
  }

  #fallBehind(position: number): void {
    this.#position = position;
    this.#connection.send(this.#listener.lag(this.#feed.cursorAt(position, this.#acceptedFloor), this.#feed.cursorAt(this.#feed.position)));
    this.#replay();
  }

  #replay(): void {
    this.#state = 'replaying';
    this.#catchUp().catch((error: unknown) => {
      this.#onError(error);
      if (this.#state !== 'ended') this.#refuse(refuse('UNAVAILABLE'));
    });
  }

  /** Never reads beyond the feed: the rights known here are as new as the feed, and no newer. */
  async #catchUp(): Promise<void> {
    while (this.#isReplaying() && this.#position < this.#feed.position) {
      if (!(await this.#drained())) return;
      await this.#readOn();
    }
    if (this.#isReplaying()) this.#state = 'live';
  }

  /** Apart from the loop around it, so that nobody who waits for the next page holds the last one. */
  async #readOn(): Promise<void> {
    const page = await this.#feed.readPage({
      tenantId: this.#feed.tenantId,
      afterSeq: this.#position,
      throughSeq: this.#feed.position,
      selection: this.room.selection,
      withEarlier: this.withEarlier,
      limit: this.#limits.pageEntries,
    });
    if (!this.#isReplaying()) return;
    if (page === null || page.epoch !== this.#feed.epoch) {
      this.#refuse(refuse('CURSOR_EXPIRED'));
      return;
    }
    if (page.floor > Math.max(this.#position, this.#acceptedFloor)) {
      this.#refuse(refuse('CURSOR_EXPIRED', { details: { oldest: this.#feed.cursorAt(0, page.floor), head: this.#feed.cursorAt(page.head) } }));
      return;
    }
    // Thousands who come back at once get this page at the same moment.
    await this.#feed.pace.run(() => {
      if (this.#isReplaying()) this.#deliver(page);
    });
  }

  /** Stops where the budget ends; what is left of the page is read again, so that it need not be kept. */
  #deliver(page: NewsPage): void {
    for (const news of page.news) {
      if (this.#connection.isOverBudget || this.#connection.isExpired) return;
      if (this.room.shows(news.entry, this.#connection.viewer)) {
        for (const frame of this.#listener.frames(this.#ownNews(news), this.#connection.viewer)) this.#connection.send(frame);
      }
      this.#position = news.seq;
    }
    this.#position = page.throughSeq;
  }

  /** The cursors of a reader who began below the floor say so; everybody else is told the same. */
  #ownNews(news: News): News {
    return this.#acceptedFloor > news.seq ? new News(news.entry, (seq) => this.#feed.cursorAt(seq, this.#acceptedFloor)) : news;
  }

  /** False when it ended meanwhile; a reader that takes nothing at all is ended by its connection. */
  async #drained(): Promise<boolean> {
    if (!this.#connection.isOverBudget) return this.#isReplaying();
    while (this.#isReplaying() && !this.#connection.hasDrained) await pause(this.#limits.drainLookMs);
    return this.#isReplaying();
  }

  #isReplaying(): boolean {
    return this.#state === 'replaying';
  }

  #refuse(refusal: Refusal): void {
    this.end();
    this.#listener.onRefused(refusal);
  }
}
