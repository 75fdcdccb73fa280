// What is asked in one go leaves in one write: each by itself costs a call of the operating system, and wakes the database for a part.
import type { Client } from './pool.ts';

/** Only what `send` asks before its first wait. */
export function inOneWrite<T>({ connection: { stream } }: Client, send: () => T): T {
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}
