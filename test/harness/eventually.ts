// The only wait in tests: for a condition, with a limit.
import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  readonly limitMs?: number;
  readonly everyMs?: number;
}

/**
 * Asks again until the check neither throws nor answers `false` or `null`, and answers with what it answered.
 * When the limit has passed, the last error it threw is thrown.
 */
export async function eventually<T>(check: () => T | Promise<T>, { limitMs = 5_000, everyMs = 10 }: EventuallyOptions = {}): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    let last: unknown;
    try {
      const answer = await check();
      if (answer !== false && answer !== null) return answer;
      last = new Error(`the condition did not come true within ${String(limitMs)} ms`);
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) throw last;
    await delay(everyMs);
  }
}
