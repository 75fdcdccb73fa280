// Starts a process again when it dies without being asked to, more slowly each time, and not for ever.
import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '../process/child-process.ts';

export interface KeepRunningOptions {
  readonly first: Running;
  startAgain(signal: AbortSignal): Promise<Running>;
  say(line: string): void;
  readonly limits?: RestartLimits;
}

export interface RestartLimits {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** Whoever lived this long starts with a clean slate. */
  readonly steadyAfterMs: number;
  readonly attempts: number;
}

export interface Kept {
  /** Resolves, with the last reason, when it was given up. */
  readonly gaveUp: Promise<string>;
  stop(): Promise<void>;
  kill9(): Promise<void>;
}

const usualLimits: RestartLimits = { firstDelayMs: 500, longestDelayMs: 30_000, steadyAfterMs: 60_000, attempts: 8 };

export function keepRunning({ first, startAgain, say, limits = usualLimits }: KeepRunningOptions): Kept {
  const ending = new AbortController();
  const gaveUp = Promise.withResolvers<string>();
  let current: Running | null = first;

  const watch = async (): Promise<void> => {
    let failures = 0;
    let startedMs = performance.now();
    let how = await first.exited;
    for (;;) {
      if (ending.signal.aborted) return;
      current = null;
      failures = performance.now() - startedMs >= limits.steadyAfterMs ? 1 : failures + 1;
      if (failures > limits.attempts) {
        say(`ended again (${how}); given up after ${String(limits.attempts)} attempts`);
        gaveUp.resolve(how);
        return;
      }
      const waitMs = Math.min(limits.longestDelayMs, limits.firstDelayMs * 2 ** (failures - 1));
      say(`ended unexpectedly (${firstLine(how)}); starting it again in ${String(waitMs / 1000)} s`);
      await delay(waitMs, undefined, { signal: ending.signal });
      startedMs = performance.now();
      try {
        current = await startAgain(ending.signal);
      } catch (error) {
        how = error instanceof Error ? error.message : String(error);
        continue;
      }
      // Told to end at the very moment it came up: whoever ends it finds it in `current`.
      if (ending.signal.aborted) return;
      say('is running again');
      how = await current.exited;
    }
  };
  const watching = watch().catch((error: unknown) => {
    // Being stopped while waiting or starting is the ordinary end.
    if (!ending.signal.aborted) gaveUp.resolve(String(error));
  });

  const end = async (how: (running: Running) => Promise<void>): Promise<void> => {
    ending.abort();
    if (current !== null) await how(current);
    await watching;
    if (current !== null) await how(current);
  };
  return { gaveUp: gaveUp.promise, stop: () => end((running) => running.stop()), kill9: () => end((running) => running.kill9()) };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
