// Connections shared by the writers of one log: given back once, by the last; and left by all who come after an error.
import { describe, expect, it } from '@jest/globals';
import { createSharedConnections } from '../../db/journal/shared-connections.ts';
import type { Client, Pool } from '../../db/pool.ts';

interface Released {
  readonly connection: number;
  readonly broken: unknown;
}

function fakePool({ failing = false } = {}) {
  const released: Released[] = [];
  let made = 0;
  const connect = (): Promise<unknown> => {
    made += 1;
    const connection = made;
    if (failing) return Promise.reject(new Error('nobody there'));
    return Promise.resolve({ connection, release: (broken: unknown) => released.push({ connection, broken }) });
  };
  return { pool: { connect } as unknown as Pool, released, made: () => made }; // only its `connect` is used
}

const numberOf = (client: Client): number => (client as unknown as { connection: number }).connection; // made above

describe('when two write one log at once', () => {
  it('then they share a connection, and the last of them gives it back', async () => {
    const { pool, released } = fakePool();
    const connections = createSharedConnections(pool);
    const first = Promise.withResolvers<undefined>();
    const second = Promise.withResolvers<undefined>();
    const used: number[] = [];
    const work = (until: Promise<undefined>) => async (client: Client) => { used.push(numberOf(client)); await until; };
    const both = [connections.use('t', work(first.promise)), connections.use('t', work(second.promise))] as const;
    first.resolve(undefined);
    await both[0];

    expect(released).toEqual([]);
    second.resolve(undefined);
    await both[1];
    expect(used).toEqual([1, 1]);
    expect(released).toEqual([{ connection: 1, broken: undefined }]);
    await connections.use('t', (client) => Promise.resolve(used.push(numberOf(client))));
    expect(used).toEqual([1, 1, 2]);
  });

  it('then another log has a connection of its own', async () => {
    const { pool } = fakePool();
    const connections = createSharedConnections(pool);

    expect(await Promise.all(['a', 'b'].map((tenantId) => connections.use(tenantId, (client) => Promise.resolve(numberOf(client)))))).toEqual([1, 2]);
  });
});

describe('when a statement fails', () => {
  it('then whoever comes next gets another connection, and the failed one is thrown away once its last user is done', async () => {
    const { pool, released } = fakePool();
    const connections = createSharedConnections(pool);
    const slow = Promise.withResolvers<number>();
    const failure = new Error('broken');
    const failing = connections.use('t', () => Promise.reject(failure));
    const beside = connections.use('t', () => slow.promise);

    await expect(failing).rejects.toBe(failure);
    expect(await connections.use('t', (client) => Promise.resolve(numberOf(client)))).toBe(2);
    expect(released).toEqual([{ connection: 2, broken: undefined }]);
    slow.resolve(7);
    expect(await beside).toBe(7);
    expect(released).toEqual([{ connection: 2, broken: undefined }, { connection: 1, broken: failure }]);
  });

  it('then a connection that cannot be had is asked for again by the next', async () => {
    const { pool, made } = fakePool({ failing: true });
    const connections = createSharedConnections(pool);
    const ask = () => connections.use('t', () => Promise.resolve());

    await Promise.all([expect(ask()).rejects.toThrow('nobody there'), expect(ask()).rejects.toThrow('nobody there')]);
    await expect(ask()).rejects.toThrow('nobody there');
    expect(made()).toBe(2);
  });
});
