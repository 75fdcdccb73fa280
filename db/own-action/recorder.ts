// Writes entries of our own actions that belong to no effect: what was only looked at, refused, or failed. It never fails its caller.
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Journal } from '../journal/journal.ts';

export interface OwnActionRecorder {
  /** Settles when the entry is kept or given up; never rejects. */
  record(tenantId: string, facts: EntryFacts): Promise<void>;
  /** Tries what waits once more, then takes in nothing. */
  close(): Promise<void>;
}

export interface RecorderOptions {
  readonly journal: Pick<Journal, 'prepare' | 'submit'>;
  /** Told of an entry that could not be kept, with the reason. */
  readonly onLost: (lost: { readonly tenantId: string; readonly action: string | null; readonly reason: unknown }) => void;
  readonly retryDelaysMs?: readonly number[];
  /** How many entries may wait, over all tenants and of one: what comes beyond is lost, and told of. */
  readonly waiting?: number;
  readonly waitingOfTenant?: number;
}

/** Keeps nothing. */
export const noRecorder: OwnActionRecorder = { record: () => Promise.resolve(), close: () => Promise.resolve() };

export function createRecorder({
  journal,
  onLost,
  retryDelaysMs = [100, 400, 1_600, 6_400],
  waiting = 5_000,
  waitingOfTenant = 1_000,
}: RecorderOptions): OwnActionRecorder {
  const pauses = new Pauses();
  const running = new Set<Promise<void>>();
  const ofTenant = new Map<string, number>();

  async function attempts(tenantId: string, facts: EntryFacts): Promise<void> {
    const prepared = journal.prepare(facts);
    let reason: unknown;
    for (const pauseMs of [0, ...retryDelaysMs]) {
      if (pauseMs > 0) await pauses.pause(pauseMs);
      try {
        const kept = await journal.submit(tenantId, {
          // A suspended user's attempts are recorded too: nobody's standing is asked for here.
          userId: '',
          partial: false,
          callKey: null,
          items: [{ kind: 'entry', prepared, key: null }],
        });
        if (!isRefusal(kept)) return;
        reason = kept.code;
        if (kept.code === 'TENANT_UNKNOWN') break;
      } catch (error) {
        // An append that failed after its commit would be written twice: seldom, and better than not at all.
        reason = error;
      }
    }
    onLost({ tenantId, action: facts.own_action, reason });
  }

  function record(tenantId: string, facts: EntryFacts): Promise<void> {
    const count = ofTenant.get(tenantId) ?? 0;
    if (pauses.ended || running.size >= waiting || count >= waitingOfTenant) {
      onLost({ tenantId, action: facts.own_action, reason: 'too much is waiting already' });
      return Promise.resolve();
    }
    ofTenant.set(tenantId, count + 1);
    const run = attempts(tenantId, facts).finally(() => {
      running.delete(run);
      const left = (ofTenant.get(tenantId) ?? 1) - 1;
      if (left === 0) ofTenant.delete(tenantId);
      else ofTenant.set(tenantId, left);
    });
    running.add(run);
    return run;
  }

  return {
    record,
    async close() {
      pauses.end();
      await Promise.all(running);
    },
  };
}

/** Pauses that all end at once when the owner ends them. */
class Pauses {
  readonly #open = new Set<() => void>();
  ended = false;

  pause(ms: number): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#open.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#open.add(wake);
    });
  }

  end(): void {
    this.ended = true;
    for (const wake of [...this.#open]) wake();
  }
}
