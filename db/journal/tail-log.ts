// One log as this process follows it: how far it is known, what of it is in memory, and who is told of what is new.
import type { Clock } from '../../domain/shared/clock.ts';
import type { FreshPage, NewsWish } from './read-news.ts';
import type { TenantHead } from './read-tail.ts';
import { createTailRing } from './tail-ring.ts';
import type { TailEntry, TailRing } from './tail-ring.ts';

export interface HeadFollower {
  /** Told of a newer head at once, and of what lies between where that was read together with its writing. */
  onHead(page: FreshPage | null): void;
  /** What is to be read of what comes next, if it could go on with that right away. */
  wish?(): NewsWish | null;
}

export type TailListener = (entries: readonly TailEntry[]) => void;

/** As its readers see it. */
export interface TailLog {
  readonly tenantId: string;
  readonly epoch: string;
  /** Everything up to it was read here, or passed over where nobody wants to see it. */
  readonly position: number;
  /** The newest seq known to be committed: it may be ahead of the position. */
  readonly head: number;
  readonly floor: number;
  /** Grows whenever an entry passes that touches rights (directory, sessions): what was concluded about them before is stale. */
  readonly rightsGeneration: number;
  /** False when the database was not heard for a while, or a commit of this process was not read yet: then ask the database. */
  isCurrent(): boolean;
  /** The same, but only a commit of this process that touches rights has to be read first: rights stay known while producers write. */
  rightsAreCurrent(): boolean;
  after(seq: number): readonly TailEntry[] | null;
  /** Told of entries, once they are in memory. */
  subscribe(listener: TailListener): () => void;
  /** For whoever reads the entries by themselves. */
  subscribeHead(follower: HeadFollower): () => void;
  /** Until the position is there: what rights are known of is then as new as that entry. Also when the log is replaced, or followed no more. */
  reached(seq: number): Promise<void>;
}

export interface Appended {
  readonly tenantId: string;
  readonly lastSeq: number;
  readonly touchesRights: boolean;
  /** What was appended, where somebody wished it. */
  readonly page?: FreshPage | null;
}

export interface FollowedLogParts {
  readonly head: TenantHead;
  readonly clock: Clock;
  /** Whether the database was heard lately. */
  readonly isHeard: () => boolean;
  /** Somebody waits from now on. */
  readonly onWaiting: () => void;
}

/** A log whose ring nobody asked for so long is followed by its head alone: reading back what was just written costs as much as writing it. */
const ringWantedMs = 5_000;

/** An append of this process is answered in less, as a rule. */
const answeredWithinMs = 100;

interface Waiting {
  readonly seq: number;
  readonly resolve: () => void;
}

export class FollowedLog implements TailLog {
  readonly tenantId: string;
  readonly #parts: Omit<FollowedLogParts, 'head'>;
  readonly #listeners = new Set<TailListener>();
  readonly #headFollowers = new Set<HeadFollower>();
  #waiting: Waiting[] = [];
  #epoch: string;
  #head: number;
  /** As the database told of it, while what this process appends may bring it along. */
  #heldHead: number | null = null;
  #wishedAtMs = Number.NEGATIVE_INFINITY;
  #floor: number;
  #ring: TailRing;
  #rightsGeneration = 0;
  #committedHere = 0;
  #rightsCommittedHere = 0;
  #usedAtMs: number;
  #ringAskedAtMs = Number.NEGATIVE_INFINITY;
  #ended = false;

  constructor({ head, ...parts }: FollowedLogParts) {
    this.tenantId = head.tenantId;
    this.#parts = parts;
    this.#epoch = head.epoch;
    this.#head = head.lastSeq;
    this.#floor = head.floorSeq;
    this.#ring = createTailRing(head.lastSeq);
    this.#usedAtMs = parts.clock.nowMs();
  }

  get epoch(): string {
    return this.#epoch;
  }

  get position(): number {
    return this.#ring.position;
  }

  get head(): number {
    return this.#head;
  }

  get floor(): number {
    return this.#floor;
  }

  get rightsGeneration(): number {
    return this.#rightsGeneration;
  }

  isCurrent(): boolean {
    return this.#parts.isHeard() && this.position >= this.#committedHere;
  }

  rightsAreCurrent(): boolean {
    return this.#parts.isHeard() && this.position >= this.#rightsCommittedHere;
  }

  after(seq: number): readonly TailEntry[] | null {
    this.#ringAskedAtMs = this.#parts.clock.nowMs();
    return this.#ring.after(seq);
  }

  subscribe(listener: TailListener): () => void {
    this.#listeners.add(listener);
    this.#parts.onWaiting();
    return () => {
      this.#listeners.delete(listener);
    };
  }

  subscribeHead(follower: HeadFollower): () => void {
    this.#headFollowers.add(follower);
    this.#parts.onWaiting();
    return () => {
      this.#headFollowers.delete(follower);
    };
  }

  /** Asked by who is about to append. */
  newsWish(): NewsWish | null {
    for (const { wish } of this.#headFollowers) {
      const wished = wish?.();
      if (wished == null) continue;
      this.#wishedAtMs = this.#parts.clock.nowMs();
      return wished;
    }
    return null;
  }

  reached(seq: number): Promise<void> {
    if (this.#ended || this.position >= seq) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ seq, resolve });
    });
  }

  get usedAtMs(): number {
    return this.#usedAtMs;
  }

  noteUsed(): void {
    this.#usedAtMs = this.#parts.clock.nowMs();
  }

  get isAwaited(): boolean {
    return this.#listeners.size > 0 || this.#headFollowers.size > 0;
  }

  isRingWanted(): boolean {
    return this.#listeners.size > 0 || this.#parts.clock.nowMs() - this.#ringAskedAtMs < ringWantedMs;
  }

  get ringBytes(): number {
    return this.#ring.bytes;
  }

  /** Everything up to a commit is committed: seqs are given in that order. */
  noteCommitted({ lastSeq, touchesRights, page = null }: Appended): void {
    this.#committedHere = Math.max(this.#committedHere, lastSeq);
    if (touchesRights) {
      this.#rightsGeneration += 1;
      this.#rightsCommittedHere = Math.max(this.#rightsCommittedHere, lastSeq);
    }
    this.#raiseHead(lastSeq, page);
  }

  /** As the database says it stands. */
  noteHead({ epoch, lastSeq, floorSeq }: TenantHead): void {
    if (epoch !== this.#epoch || lastSeq < this.position) this.#replace(epoch, lastSeq);
    if (floorSeq > this.#floor) {
      this.#floor = floorSeq;
      this.#ring.dropThrough(floorSeq);
    }
    if (!this.#holds(lastSeq)) this.#raiseHead(lastSeq);
  }

  push(entries: readonly TailEntry[], { upTo, maxBytes }: { readonly upTo: number; readonly maxBytes: number }): void {
    if (entries.some(({ touchesRights }) => touchesRights)) this.#rightsGeneration += 1;
    this.#ring.push(entries, upTo);
    this.#ring.shrinkTo(maxBytes);
    this.#tell(entries);
  }

  /** Passes over what nobody wants to see. */
  passOver({ upTo, touchesRights }: { readonly upTo: number; readonly touchesRights: boolean }): void {
    if (touchesRights) this.#rightsGeneration += 1;
    this.#ring = createTailRing(upTo);
    this.#tell([]);
  }

  dropRing(): void {
    this.#ring.dropThrough(this.#ring.position);
  }

  /** Followed no more: whoever waits goes on. */
  end(): void {
    this.#ended = true;
    this.#tell([]);
  }

  /** Another log stands under its name: a backup was restored. */
  #replace(epoch: string, lastSeq: number): void {
    this.#epoch = epoch;
    this.#ring = createTailRing(lastSeq);
    this.#head = lastSeq;
    this.#heldHead = null;
    this.#committedHere = 0;
    this.#rightsCommittedHere = 0;
    this.#rightsGeneration += 1;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
    this.#tell([]);
    this.#tellHead(null);
  }

  /**
   * The database tells of a commit of this process a moment before its answer is here, and the answer brings along what was written: told of the head
   * alone, followers would read that by themselves. Held until the database is asked again, and no longer.
   */
  #holds(seq: number): boolean {
    const didNotCome = this.#heldHead !== null && this.#head < this.#heldHead;
    const mayCome = seq > this.#head && !didNotCome && this.#parts.clock.nowMs() - this.#wishedAtMs < answeredWithinMs;
    this.#heldHead = mayCome ? seq : null;
    return mayCome;
  }

  #raiseHead(seq: number, page: FreshPage | null = null): void {
    if (seq <= this.#head) return;
    this.#head = seq;
    this.#tellHead(page);
  }

  #tellHead(page: FreshPage | null): void {
    for (const follower of [...this.#headFollowers]) follower.onHead(page);
  }

  #tell(entries: readonly TailEntry[]): void {
    for (const listener of [...this.#listeners]) listener(entries);
    const { position } = this;
    const there = this.#waiting.filter(({ seq }) => this.#ended || seq <= position);
    if (there.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !there.includes(one));
    for (const { resolve } of there) resolve();
  }
}
