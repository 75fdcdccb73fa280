// Does something again and again, with a wait in between, until it is stopped; what is being done then is done to its end.
import { setTimeout as delay } from 'node:timers/promises';

export interface KeptOn {
  stop(): Promise<void>;
}

/** The work reports its own failures; one that throws all the same is a bug, and nobody catches it. */
export function keepOn(work: (stopping: AbortSignal) => Promise<void>, { everyMs }: { readonly everyMs: number }): KeptOn {
  const stopping = new AbortController();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await work(stopping.signal);
      // The wait is cut short by stopping.
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}
