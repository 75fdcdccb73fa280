// Spreads work that comes for many at once over the turns of the event loop, so that what is new and what others ask is not held up.
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Pace {
  /** Does it in the order it came; answers when it is done, and fails with it. */
  run(work: () => void): Promise<void>;
}

export function createPace({ turnMs }: { readonly turnMs: number }): Pace {
  const waiting: (() => void)[] = [];
  let running = false;

  async function workOff(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const startedMs = performance.now();
      do waiting.shift()?.();
      while (waiting.length > 0 && performance.now() - startedMs < turnMs);
      await nextTurn();
    }
    running = false;
  }

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        waiting.push(() => {
          try {
            work();
            resolve();
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
        if (!running) void workOff();
      }),
  };
}
