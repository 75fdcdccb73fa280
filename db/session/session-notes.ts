// Notes which sessions are in use without holding up their requests: looked at in memory, written together behind them.
import type { Clock } from '../../domain/shared/clock.ts';
import type { SeenSession, SessionSource } from '../../domain/session/session-of-login.ts';

export interface SessionNotes {
  /** `look` is asked only when the session was not noted a short while ago. */
  note(key: SessionKey, look: () => SeenSession): void;
  /** Writes what is waiting now. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface SessionKey {
  readonly tenantId: string;
  readonly userId: string;
  readonly sessionId: string;
  /** Each tells what the other does not know: noting the one does not stand in for the other. */
  readonly source: SessionSource;
}

export interface SessionNotesOptions {
  readonly write: (tenantId: string, seen: readonly SeenSession[]) => Promise<void>;
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
  /** A session in constant use is written so often. */
  readonly againAfterMs?: number;
  readonly flushAfterMs?: number;
  /** How many sessions are remembered; the one not seen for longest is forgotten, and at worst written again. */
  readonly remembered?: number;
  /** How many may wait to be written; beyond it a look is passed over until the next one. */
  readonly waiting?: number;
}

/** For doors whose sessions nobody lists. */
export const noSessionNotes: SessionNotes = { note: () => undefined, flush: () => Promise.resolve(), close: () => Promise.resolve() };

export function createSessionNotes({
  write,
  clock,
  onTrouble,
  againAfterMs = 60_000,
  flushAfterMs = 250,
  remembered = 50_000,
  waiting = 10_000,
}: SessionNotesOptions): SessionNotes {
  const notedAtMs = new Map<string, number>();
  let pending = new Map<string, { readonly tenantId: string; readonly seen: SeenSession }>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let closed = false;

  function note({ tenantId, userId, sessionId, source }: SessionKey, look: () => SeenSession): void {
    const key = `${tenantId}\n${userId}\n${sessionId}\n${source}`;
    const nowMs = clock.nowMs();
    const before = notedAtMs.get(key);
    if (before !== undefined && nowMs - before < againAfterMs) return;
    if (closed || (pending.size >= waiting && !pending.has(key))) return;
    notedAtMs.delete(key);
    notedAtMs.set(key, nowMs);
    forgetOldest();
    pending.set(key, { tenantId, seen: look() });
    timer ??= setTimeout(() => void flush(), flushAfterMs);
  }

  function forgetOldest(): void {
    if (notedAtMs.size <= remembered) return;
    const [oldest] = notedAtMs.keys();
    if (oldest !== undefined) notedAtMs.delete(oldest);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    running = running.then(writePending);
    return running;
  }

  async function writePending(): Promise<void> {
    const batch = pending;
    pending = new Map();
    for (const [tenantId, ofTenant] of Map.groupBy(batch.values(), (one) => one.tenantId)) {
      try {
        await write(tenantId, ofTenant.map(({ seen }) => seen));
      } catch (error) {
        // The next request of each brings it back.
        for (const [key, one] of batch) if (one.tenantId === tenantId) notedAtMs.delete(key);
        onTrouble(error);
      }
    }
  }

  return {
    note,
    flush,
    async close() {
      closed = true;
      await flush();
    },
  };
}
