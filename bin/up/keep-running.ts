// Starts a process again when it dies without being asked to, more slowly each time, and not for ever.
import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '../process/child-process.ts';

export interface KeepRunningOptions {
  readonly first: Running;
  readonly startAgain: (signal: AbortSignal) => Promise<Running>;
  readonly say: (line: string) => void;
  /** Told the last reason when it was given up. */
  readonly onGiveUp?: (why: string) => void;
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
  readonly stop: () => Promise<void>;
  readonly kill9: () => Promise<void>;
}

const usualLimits: RestartLimits = { firstDelayMs: 500, longestDelayMs: 30_000, steadyAfterMs: 60_000, attempts: 8 };

export function keepRunning(options: KeepRunningOptions): Kept {
  const keeper = new Keeper(options);
  return { stop: () => keeper.end((running) => running.stop()), kill9: () => keeper.end((running) => running.kill9()) };
}

class Keeper {
  readonly #options: KeepRunningOptions;
  readonly #limits: RestartLimits;
  readonly #ending = new AbortController();
  readonly #watching: Promise<void>;
  #current: Running | null;

  constructor(options: KeepRunningOptions) {
    this.#options = options;
    this.#limits = options.limits ?? usualLimits;
    this.#current = options.first;
    this.#watching = this.#watch().catch((error: unknown) => {
      // Being ended while waiting or starting is the ordinary end.
      if (!this.#ending.signal.aborted) options.onGiveUp?.(String(error));
    });
  }

  async end(how: (running: Running) => Promise<void>): Promise<void> {
    this.#ending.abort();
    if (this.#current !== null) await how(this.#current);
    await this.#watching;
    // It may have come up at the very moment it was told not to.
    if (this.#current !== null) await how(this.#current);
  }

  async #watch(): Promise<void> {
    const { first, say, onGiveUp } = this.#options;
    let failures = 0;
    let startedMs = performance.now();
    let how = await first.exited;
    while (!this.#ending.signal.aborted) {
      this.#current = null;
      failures = performance.now() - startedMs >= this.#limits.steadyAfterMs ? 1 : failures + 1;
      if (failures > this.#limits.attempts) {
        say(`ended again (${firstLine(how)}); given up after ${String(this.#limits.attempts)} attempts`);
        onGiveUp?.(how);
        return;
      }
      await this.#pause({ failures, how });
      startedMs = performance.now();
      how = await this.#runAgain();
    }
  }

  async #pause({ failures, how }: { failures: number; how: string }): Promise<void> {
    const waitMs = Math.min(this.#limits.longestDelayMs, this.#limits.firstDelayMs * 2 ** (failures - 1));
    this.#options.say(`ended unexpectedly (${firstLine(how)}); starting it again in ${String(waitMs / 1000)} s`);
    await delay(waitMs, undefined, { signal: this.#ending.signal });
  }

  /** Until it has ended once more, or could not be started; answers why. */
  async #runAgain(): Promise<string> {
    let running: Running;
    try {
      running = await this.#options.startAgain(this.#ending.signal);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    this.#current = running;
    // Told to end at the very moment it came up: whoever ends it finds it in `#current`.
    if (this.#ending.signal.aborted) return 'stopped on request';
    this.#options.say('is running again');
    return running.exited;
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
