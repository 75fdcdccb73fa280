// The tail: one per process, it follows the logs that have readers here and tells each reader what is new.
import type { Clock } from '../../domain/shared/clock.ts';
import type { Pool } from '../pool.ts';
import { readHeads, readNewEntries, touchesRightsBetween } from './read-tail.ts';
import type { TenantHead } from './read-tail.ts';
import { createTailRing } from './tail-ring.ts';
import type { TailEntry, TailRing } from './tail-ring.ts';

export type TailListener = (entries: readonly TailEntry[]) => void;

/** One log as this process sees it. */
export interface TailLog {
  readonly tenantId: string;
  readonly epoch: string;
  readonly position: number;
  readonly floor: number;
  /** Grows whenever an entry passes that touches rights (directory, sessions): what was concluded about them before is stale. */
  readonly rightsGeneration: number;
  /** False when the database was not heard for a while, or a commit of this process was not read yet: then ask the database. */
  isCurrent(): boolean;
  /** The same, but only a commit of this process that touches rights has to be read first: rights stay known while producers write. */
  rightsAreCurrent(): boolean;
  after(seq: number): readonly TailEntry[] | null;
  subscribe(listener: TailListener): () => void;
}

export interface Appended {
  readonly tenantId: string;
  readonly lastSeq: number;
  readonly touchesRights: boolean;
}

export interface Tail {
  /** Follows the log from now on and answers once its position is known; null when there is no such tenant. */
  watch(tenantId: string): Promise<TailLog | null>;
  /** Told by the appender of this process after each commit. */
  noteAppended(appended: Appended): void;
  readonly watchedTenants: number;
  readonly ringBytes: number;
  stop(): Promise<void>;
}

export interface TailOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
  readonly idlePollMs?: number;
  readonly unwatchAfterMs?: number;
  readonly tenantRingBytes?: number;
  readonly processRingBytes?: number;
}

const pageEntries = 1_000;
const staleAfterMs = 1_000;
const afterErrorMs = 250;
/** A log whose ring nobody asked for so long is followed by its head alone: reading back what was just written costs as much as writing it. */
const ringWantedMs = 5_000;

interface Followed {
  readonly tenantId: string;
  epoch: string;
  floor: number;
  ring: TailRing;
  rightsGeneration: number;
  committedHere: number;
  rightsCommittedHere: number;
  usedAtMs: number;
  ringAskedAtMs: number;
  readonly listeners: Set<TailListener>;
  readonly log: TailLog;
}

export function createTail({
  pool,
  clock,
  onError,
  pollMs = 15,
  idlePollMs = 50,
  unwatchAfterMs = 60_000,
  tenantRingBytes = 8 * 1024 * 1024,
  processRingBytes = 128 * 1024 * 1024,
}: TailOptions): Tail {
  const followed = new Map<string, Followed>();
  const starting = new Map<string, Promise<Followed | null>>();
  let stopped = false;
  let heardAtMs = clock.nowMs();
  let timer: NodeJS.Timeout | undefined;
  let timerIsEager = false;
  let wanted = false;
  let running: Promise<void> | undefined;

  async function watch(tenantId: string): Promise<TailLog | null> {
    const known = followed.get(tenantId) ?? (await start(tenantId));
    if (known === null) return null;
    known.usedAtMs = clock.nowMs();
    schedule();
    return known.log;
  }

  function start(tenantId: string): Promise<Followed | null> {
    const already = starting.get(tenantId);
    if (already !== undefined) return already;
    const begun = begin(tenantId).finally(() => starting.delete(tenantId));
    starting.set(tenantId, begun);
    return begun;
  }

  async function begin(tenantId: string): Promise<Followed | null> {
    const [head] = await readHeads(pool, [tenantId]);
    if (head === undefined || stopped) return null;
    const one = follow(head);
    followed.set(tenantId, one);
    return one;
  }

  function follow(head: TenantHead): Followed {
    const one: Followed = {
      tenantId: head.tenantId,
      epoch: head.epoch,
      floor: head.floorSeq,
      ring: createTailRing(head.lastSeq),
      rightsGeneration: 0,
      committedHere: 0,
      rightsCommittedHere: 0,
      usedAtMs: clock.nowMs(),
      ringAskedAtMs: Number.NEGATIVE_INFINITY,
      listeners: new Set(),
      log: {
        tenantId: head.tenantId,
        get epoch() {
          return one.epoch;
        },
        get position() {
          return one.ring.position;
        },
        get floor() {
          return one.floor;
        },
        get rightsGeneration() {
          return one.rightsGeneration;
        },
        isCurrent: () => isHeard() && one.ring.position >= one.committedHere,
        rightsAreCurrent: () => isHeard() && one.ring.position >= one.rightsCommittedHere,
        after(seq) {
          one.ringAskedAtMs = clock.nowMs();
          return one.ring.after(seq);
        },
        subscribe(listener) {
          one.listeners.add(listener);
          schedule();
          return () => {
            one.listeners.delete(listener);
          };
        },
      },
    };
    return one;
  }

  function isHeard(): boolean {
    return !stopped && clock.nowMs() - heardAtMs < staleAfterMs;
  }

  function isRingWanted({ listeners, ringAskedAtMs }: Followed): boolean {
    return listeners.size > 0 || clock.nowMs() - ringAskedAtMs < ringWantedMs;
  }

  function noteAppended({ tenantId, lastSeq, touchesRights }: Appended): void {
    const one = followed.get(tenantId);
    if (one === undefined) return;
    one.committedHere = Math.max(one.committedHere, lastSeq);
    if (touchesRights) {
      one.rightsGeneration += 1;
      one.rightsCommittedHere = Math.max(one.rightsCommittedHere, lastSeq);
    }
    if (touchesRights || isRingWanted(one)) run();
  }

  /** Starts a round now, or right after the one that is running. */
  function run(): void {
    if (stopped) return;
    if (running !== undefined) {
      wanted = true;
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    running = round()
      .then(
        () => undefined,
        (error: unknown) => {
          onError(error);
          return afterErrorMs;
        },
      )
      .then((delayMs) => {
        running = undefined;
        if (wanted && delayMs === undefined) {
          wanted = false;
          run();
        } else schedule(delayMs);
      });
  }

  function schedule(delayMs?: number): void {
    if (stopped || running !== undefined) return;
    const eager = someoneWaits();
    if (timer !== undefined) {
      // Only the slow timer is exchanged for the fast one: a timer set anew at every new reader would never fire.
      if (timerIsEager || !eager) return;
      clearTimeout(timer);
    }
    timerIsEager = eager || delayMs !== undefined;
    timer = setTimeout(run, delayMs ?? (eager ? pollMs : idlePollMs));
  }

  function someoneWaits(): boolean {
    for (const { listeners } of followed.values()) if (listeners.size > 0) return true;
    return false;
  }

  async function round(): Promise<void> {
    forgetUnused();
    if (followed.size === 0) return;
    const startedAtMs = clock.nowMs();
    const heads = await readHeads(pool, [...followed.keys()]);
    await Promise.all(heads.map(catchUp));
    heardAtMs = startedAtMs;
    boundMemory();
  }

  async function catchUp(head: TenantHead): Promise<void> {
    const one = followed.get(head.tenantId);
    if (one === undefined) return;
    if (head.epoch !== one.epoch || head.lastSeq < one.ring.position) {
      one.epoch = head.epoch;
      one.ring = createTailRing(head.lastSeq);
      one.committedHere = 0;
      one.rightsCommittedHere = 0;
      one.rightsGeneration += 1;
      notify(one, []);
    }
    if (head.floorSeq > one.floor) {
      one.floor = head.floorSeq;
      one.ring.dropThrough(head.floorSeq);
    }
    if (one.ring.position < head.lastSeq && !isRingWanted(one)) {
      const touched = await touchesRightsBetween(pool, { tenantId: one.tenantId, afterSeq: one.ring.position, lastSeq: head.lastSeq });
      // Who began to listen meanwhile was promised everything after the position of then.
      if (!isRingWanted(one)) {
        if (touched) one.rightsGeneration += 1;
        one.ring = createTailRing(head.lastSeq);
        return;
      }
    }
    while (one.ring.position < head.lastSeq && !stopped) {
      const entries = await readNewEntries(pool, one.tenantId, one.ring.position, pageEntries);
      const upTo = entries.length < pageEntries ? Math.max(head.lastSeq, entries.at(-1)?.seq ?? 0) : (entries.at(-1)?.seq ?? head.lastSeq);
      if (entries.some(({ touchesRights }) => touchesRights)) one.rightsGeneration += 1;
      one.ring.push(entries, upTo);
      one.ring.shrinkTo(tenantRingBytes);
      notify(one, entries);
    }
  }

  function notify(one: Followed, entries: readonly TailEntry[]): void {
    for (const listener of [...one.listeners]) listener(entries);
  }

  function forgetUnused(): void {
    for (const [tenantId, one] of followed) {
      if (one.listeners.size === 0 && clock.nowMs() - one.usedAtMs > unwatchAfterMs) followed.delete(tenantId);
    }
  }

  function boundMemory(): void {
    let total = ringBytes();
    const leastUsedFirst = [...followed.values()].sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const one of leastUsedFirst) {
      if (total <= processRingBytes) return;
      total -= one.ring.bytes;
      one.ring.dropThrough(one.ring.position);
    }
  }

  function ringBytes(): number {
    return [...followed.values()].reduce((sum, { ring }) => sum + ring.bytes, 0);
  }

  async function stop(): Promise<void> {
    stopped = true;
    clearTimeout(timer);
    await running;
    for (const one of followed.values()) notify(one, []);
    followed.clear();
  }

  return {
    watch,
    noteAppended,
    get watchedTenants() {
      return followed.size;
    },
    get ringBytes() {
      return ringBytes();
    },
    stop,
  };
}
