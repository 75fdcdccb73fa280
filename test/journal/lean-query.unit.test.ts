// How a connection is asked: the driver is given a callback where we want a promise, and everything else as it came.
import { describe, expect, it } from '@jest/globals';
import { leanQuery } from '../../db/lean-query.ts';
import type { Client } from '../../db/pool.ts';

type Told = (error: Error | null, answer?: unknown) => void;

/** Keeps what it was asked; answers what a driver answers that makes no promise itself. */
function madeClient(): { readonly client: Client; readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  const query = (...parts: unknown[]): string => {
    asked.push(parts);
    return 'not a promise';
  };
  return { client: { query } as unknown as Client, asked }; // of a client, only this is asked
}

const tell = (asked: readonly unknown[][], ...told: Parameters<Told>): void => {
  (asked[0]?.[2] as Told)(...told);
};

describe('a statement', () => {
  it('when it is asked for without a callback, then the driver gets one, and the promise is kept by its answer', async () => {
    const { client, asked } = madeClient();
    const answer = leanQuery(client)('SELECT $1', ['one']);
    tell(asked, null, { rows: ['one'] });

    expect(await answer).toEqual({ rows: ['one'] });
    expect(asked).toEqual([['SELECT $1', ['one'], expect.any(Function)]]);
  });

  it('when it fails, then the promise fails with the same error, which says where it was asked', async () => {
    const { client, asked } = madeClient();
    const error = new Error('away');
    error.stack = 'where it was read';
    const ask = async (): Promise<unknown> => leanQuery(client)('SELECT 1');
    const answer = ask();
    tell(asked, error);

    await expect(answer).rejects.toBe(error);
    expect(error.stack).toContain('lean-query.unit.test');
  });

  it('when it brings a callback, or is its own answer as a copy of rows is, then it goes to the driver as it came', () => {
    const { client, asked } = madeClient();
    const query = leanQuery(client) as (...parts: unknown[]) => unknown;
    const callback: Told = () => undefined;
    const copy = { submit: () => undefined };

    expect([query('SELECT 1', callback), query('SELECT $1', [1], callback), query(copy)]).toEqual(Array(3).fill('not a promise'));
    expect(asked).toEqual([['SELECT 1', callback, undefined], ['SELECT $1', [1], callback], [copy, undefined, undefined]]);
  });
});
