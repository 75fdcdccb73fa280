// The tail: one per process, it follows the logs that have readers here and reads what is new in them.
import type { Clock } from '../../domain/shared/clock.ts';
import type { Pool } from '../pool.ts';
import type { NewsWish } from './read-news.ts';
import { readHeads, readNewEntries, touchesRightsBetween } from './read-tail.ts';
import type { TenantHead } from './read-tail.ts';
import { FollowedLog } from './tail-log.ts';
import type { Appended, TailLog } from './tail-log.ts';
import { createRounds } from './tail-rounds.ts';

export interface Tail {
  /** Follows the log from now on and answers once its position is known; null when there is no such tenant. */
  watch(tenantId: string): Promise<TailLog | null>;
  /** Told by the appender of this process after each commit. */
  noteAppended(appended: Appended): void;
  /** Asked by the appender: what is read together with what it writes, for those who follow the log here. */
  newsWish(tenantId: string): NewsWish | null;
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
  const followed = new Map<string, FollowedLog>();
  const starting = new Map<string, Promise<FollowedLog | null>>();
  let stopped = false;
  let heardAtMs = clock.nowMs();
  const rounds = createRounds({ round, isSomeoneWaiting, onError, pollMs, idlePollMs });

  async function watch(tenantId: string): Promise<TailLog | null> {
    const log = followed.get(tenantId) ?? (await start(tenantId));
    if (log === null) return null;
    log.noteUsed();
    rounds.soon();
    return log;
  }

  function start(tenantId: string): Promise<FollowedLog | null> {
    const already = starting.get(tenantId);
    if (already !== undefined) return already;
    const begun = begin(tenantId).finally(() => starting.delete(tenantId));
    starting.set(tenantId, begun);
    return begun;
  }

  async function begin(tenantId: string): Promise<FollowedLog | null> {
    const [head] = await readHeads(pool, [tenantId]);
    if (head === undefined || stopped) return null;
    const log = new FollowedLog({ head, clock, isHeard, onWaiting: rounds.soon });
    followed.set(tenantId, log);
    return log;
  }

  function isHeard(): boolean {
    return !stopped && clock.nowMs() - heardAtMs < staleAfterMs;
  }

  function isSomeoneWaiting(): boolean {
    for (const log of followed.values()) if (log.isAwaited) return true;
    return false;
  }

  function noteAppended(appended: Appended): void {
    const log = followed.get(appended.tenantId);
    if (log === undefined) return;
    log.noteCommitted(appended);
    if (appended.touchesRights || log.isRingWanted()) rounds.now();
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
    const log = followed.get(head.tenantId);
    if (log === undefined) return;
    log.noteHead(head);
    const { tenantId } = log;
    if (log.position < head.lastSeq && !log.isRingWanted()) {
      const touchesRights = await touchesRightsBetween(pool, { tenantId, afterSeq: log.position, lastSeq: head.lastSeq });
      // Who began to listen meanwhile was promised everything after the position of then.
      if (!log.isRingWanted()) {
        log.passOver({ upTo: head.lastSeq, touchesRights });
        return;
      }
    }
    while (log.position < head.lastSeq && !stopped) {
      const entries = await readNewEntries(pool, tenantId, log.position, pageEntries);
      const upTo = entries.length < pageEntries ? Math.max(head.lastSeq, entries.at(-1)?.seq ?? 0) : (entries.at(-1)?.seq ?? head.lastSeq);
      log.push(entries, { upTo, maxBytes: tenantRingBytes });
    }
  }

  function forgetUnused(): void {
    for (const [tenantId, log] of followed) {
      if (!log.isAwaited && clock.nowMs() - log.usedAtMs > unwatchAfterMs) followed.delete(tenantId);
    }
  }

  function boundMemory(): void {
    let total = ringBytes();
    const leastUsedFirst = [...followed.values()].sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const log of leastUsedFirst) {
      if (total <= processRingBytes) return;
      total -= log.ringBytes;
      log.dropRing();
    }
  }

  function ringBytes(): number {
    return [...followed.values()].reduce((sum, log) => sum + log.ringBytes, 0);
  }

  return {
    watch,
    noteAppended,
    newsWish: (tenantId) => followed.get(tenantId)?.newsWish() ?? null,
    get watchedTenants() {
      return followed.size;
    },
    get ringBytes() {
      return ringBytes();
    },
    async stop() {
      stopped = true;
      await rounds.stop();
      for (const log of followed.values()) log.end();
      followed.clear();
    },
  };
}
