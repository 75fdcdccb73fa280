// All stamps that are known of a subject: the log is folded as far as it had come, and those who ask the same at once are answered together.
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Pool } from '../pool.ts';
import { foldStamps } from './fold-stamps.ts';
import { readStamps } from './read-stamps.ts';
import type { StampsAsked, StampsRead } from './read-stamps.ts';

export interface KnownStamps {
  /** Tells at least up to that entry; with 0, up to where the log is now. Refused while a long log is still being folded. */
  read(asked: StampsAsked & { readonly throughSeq: number }): Promise<StampsRead | Refusal>;
  /** Folds what has come, without anybody waiting for it. */
  keepUp(tenantId: string): void;
  stop(): void;
}

export interface KnownStampsOptions {
  readonly pool: Pool;
  /** Told of a folding that failed while nobody waited for it. */
  readonly onError: (error: unknown) => void;
  /** How long a reader waits for a log that was never folded; the folding goes on behind them. */
  readonly foldLimitMs?: number;
}

export function createKnownStamps({ pool, onError, foldLimitMs = 10_000 }: KnownStampsOptions): KnownStamps {
  const reading = new Map<string, Promise<StampsRead | Refusal>>();
  const folding = new Map<string, Promise<void>>();
  let isStopped = false;

  async function read({ throughSeq, ...asked }: StampsAsked & { readonly throughSeq: number }): Promise<StampsRead | Refusal> {
    // Whoever asks how things are now is not answered by what another began to read before.
    if (throughSeq === 0) return readFolded(asked);
    const key = JSON.stringify([asked.tenantId, asked.subject, asked.fields]);
    const earlier = await reading.get(key);
    if (earlier !== undefined && 'seq' in earlier && earlier.seq >= throughSeq) return earlier;
    return reading.get(key) ?? begin(key, asked);
  }

  function begin(key: string, asked: StampsAsked): Promise<StampsRead | Refusal> {
    const begun = readFolded(asked).finally(() => reading.delete(key));
    reading.set(key, begun);
    return begun;
  }

  async function readFolded(asked: StampsAsked): Promise<StampsRead | Refusal> {
    let answer = await readStamps(pool, asked);
    const wanted = answer.headSeq;
    const endsAtMs = performance.now() + foldLimitMs;
    // A folding that was under way may have looked at the head before this reader came.
    while (answer.seq < wanted) {
      if (!(await endsWithin(endsAtMs - performance.now(), fold(asked.tenantId)))) return foldingStill;
      answer = await readStamps(pool, asked);
    }
    return answer;
  }

  /** To the head of the log, part by part; one at a time for each log. */
  function fold(tenantId: string): Promise<void> {
    const running = folding.get(tenantId);
    if (running !== undefined) return running;
    const begun = foldToHead(tenantId).finally(() => folding.delete(tenantId));
    folding.set(tenantId, begun);
    return begun;
  }

  async function foldToHead(tenantId: string): Promise<void> {
    while (!isStopped) if ((await foldStamps(pool, { tenantId })).isComplete) return;
  }

  return {
    read,
    keepUp(tenantId) {
      fold(tenantId).catch(onError);
    },
    stop() {
      isStopped = true;
    },
  };
}

const foldingStill = refuse('UNAVAILABLE', { message: 'The activity of this log is still being gathered; try again shortly.', retryAfterSeconds: 2 });

async function endsWithin(limitMs: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, limitMs), false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
