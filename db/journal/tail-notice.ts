// Waiting for news of one log: never misses what came between two waits, never outlives its limit.
import type { TailLog } from './tail-log.ts';

export interface TailNotice {
  /** True when something came since the last call, false when the time was up or the signal fired. */
  next(limits: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<boolean>;
  close(): void;
}

export function openNotice(log: TailLog): TailNotice {
  let news = false;
  let wake: (() => void) | undefined;
  const unsubscribe = log.subscribe(() => {
    news = true;
    wake?.();
  });

  async function next({ timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<boolean> {
    if (!news && timeoutMs > 0 && !signal.aborted) await sleep(timeoutMs, signal);
    const came = news;
    news = false;
    return came;
  }

  function sleep(timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, timeoutMs);
      signal.addEventListener('abort', end);
      wake = end;
      function end(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        wake = undefined;
        resolve();
      }
    });
  }

  return { next, close: unsubscribe };
}
