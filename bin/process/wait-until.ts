// Waits for a condition with a limit: the only way anything in bin/ waits for the outside world.
import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Completes the sentence "gave up waiting for …". */
  readonly what: string;
  readonly limitMs: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves with the first answer that is not `null`; throws when the limit has passed or the signal is raised. */
export async function waitUntil<T>(ask: () => T | null | Promise<T | null>, options: WaitOptions): Promise<T> {
  const deadline = performance.now() + options.limitMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() >= deadline) throw new Error(`gave up waiting for ${options.what} after ${String(options.limitMs)} ms`);
    await delay(options.everyMs ?? 25, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
