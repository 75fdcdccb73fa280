// The pool of connections that read and write by SQL; its owner ends it.
import pg from 'pg';
import { leanQuery } from './lean-query.ts';

export type Pool = pg.Pool;
export type Client = pg.PoolClient;

export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

export interface PoolOptions {
  readonly url: string;
  readonly max?: number;
  readonly name?: string;
  /** False for connections over which rows are copied: the driver cannot do both. */
  readonly pipelined?: boolean;
  readonly onError?: (error: Error) => void;
}

/**
 * Pipelined: statements sent without waiting travel in one round trip.
 * Every statement has a limit, and so has waiting for a connection: nothing waits for ever.
 */
export function createPool({ url, max = 10, name = 'holdfast', pipelined = true, onError }: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    pipeline: pipelined,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 15_000,
  });
  // An idle connection that breaks (the server restarts) is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => {
    // The pool hangs the whole client on it, which would be written into the log.
    Reflect.deleteProperty(error, 'client');
    onError?.(error);
  });
  // The pool listens only while a connection is idle. One that breaks in use fails the statements of its user, who is told that
  // way; between two statements nobody else listens, and the error would end the process.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    client.query = leanQuery(client);
  });
  return pool;
}
