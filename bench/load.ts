// A bounded load of HTTP requests: so many clients, so many requests, every answer checked.
import { Pool } from 'undici';

export interface Load {
  readonly url: string;
  readonly clients: number;
  readonly requests: number;
  readonly status: number;
  /** Told of each answer, how long it took to its last byte. */
  readonly onAnswered?: (ms: number) => void;
  request(index: number): { readonly method: 'GET' | 'POST'; readonly path: string; readonly headers: Record<string, string>; readonly body?: string | Buffer };
}

export async function sendLoad({ url, clients, requests, status, onAnswered, request }: Load): Promise<void> {
  const pool = new Pool(url, { connections: clients, pipelining: 1, bodyTimeout: 60_000, headersTimeout: 60_000 });
  let next = 0;
  try {
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (next < requests) {
          const index = next;
          next += 1;
          const begunAt = performance.now();
          const answer = await pool.request(request(index));
          if (answer.statusCode !== status) throw new Error(`expected ${String(status)}, got ${String(answer.statusCode)}: ${await answer.body.text()}`);
          await answer.body.dump({ limit: 64 * 1024 * 1024 });
          onAnswered?.(performance.now() - begunAt);
        }
      }),
    );
  } finally {
    await pool.close();
  }
}
