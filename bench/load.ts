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

/** What the load itself takes is on both sides of a comparison, and hides a part of the difference: answers are looked at as they come, without a stream for each. */
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
          await answered(pool, { ...request(index), status });
          onAnswered?.(performance.now() - begunAt);
        }
      }),
    );
  } finally {
    await pool.close();
  }
}

function answered(pool: Pool, { status, ...asked }: ReturnType<Load['request']> & { readonly status: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    let got = 0;
    const unexpected: Buffer[] = [];
    pool.dispatch(asked, {
      // It tells the client which kind of handler this is.
      onRequestStart: () => undefined,
      onResponseStart(_controller, statusCode) {
        got = statusCode;
      },
      onResponseData(_controller, chunk) {
        if (got !== status) unexpected.push(chunk);
      },
      onResponseEnd() {
        if (got === status) resolve();
        else reject(new Error(`expected ${String(status)}, got ${String(got)}: ${Buffer.concat(unexpected).toString()}`));
      },
      onResponseError(_controller, error) {
        reject(error);
      },
    });
  });
}
