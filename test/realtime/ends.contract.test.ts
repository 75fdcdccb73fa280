// Ends: a stopping server sends everybody away with advice, and nothing is left of who has gone.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { Connection } from '../../realtime/hub/connection.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { eventually } from '../harness/eventually.ts';
import { doors } from './doors.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import { uiDoor } from './ui-door.ts';

/** In each of three blocks. */
const rounds = isFullSize() ? 500 : 30;
/** A full collection takes seconds in a process that has run many test files. */
const [doorsTried, collections] = isFullSize() ? [doors, 3] : [doors.filter(({ name }) => name === 'socket.io'), 1];

let api: LiveApi;
beforeAll(async () => {
  api = await startLiveApi();
});
afterAll(async () => {
  await api.end();
});

describe('a server that stops', () => {
  it('when it stops, then every client is told to come back, each at another moment, and nothing keeps the process', async () => {
    const stopping = await startLiveApi();
    const tenant = await madeTenant(stopping, 'stop');
    const clients = await Promise.all(doors.map((door) => door.connect({ url: stopping.url, token: tenant.member }, tenant)));
    const raw = Array.from({ length: 4 }, () => new WebSocket(`${stopping.url.replace('http', 'ws')}/api/v1/realtime/ws?token=${tenant.member}`));
    await Promise.all(raw.map((socket) => once(socket, 'message')));
    const told = Promise.all(raw.map(async (socket) => (await once(socket, 'close')) as [number, Buffer]));
    await stopping.end();
    const ended = await told;

    expect(ended.map(([code]) => code)).toEqual([1001, 1001, 1001, 1001]);
    const advice = ended.map(([, reason]) => /retry_after_ms=(\d+)$/.exec(reason.toString())?.[1]);
    expect(advice.every((one) => one !== undefined)).toBe(true);
    expect(new Set(advice).size).toBeGreaterThan(1);
    await Promise.all(clients.map((client) => client.ended));
    expect(stopping.doors.connectionCount).toBe(0);
  });
});

describe('a client that goes', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;

  /** Every connection that was let in since, without holding it. */
  const letIn: WeakRef<object>[] = [];
  const stillHeld = (): number => letIn.filter((one) => one.deref() !== undefined).length;
  /** Something that has just answered may hold one a moment longer. */
  const untilLetGo = (): Promise<unknown> =>
    eventually(() => {
      collect();
      return stillHeld() === 0;
    }, { everyMs: 100 });
  const original = Object.getOwnPropertyDescriptor(Connection.prototype, 'letIn');
  beforeAll(() => {
    Connection.prototype.letIn = function noted(this: Connection<unknown>) {
      letIn.push(new WeakRef(this));
      (original?.value as () => void).call(this);
    };
  });
  afterAll(() => {
    if (original !== undefined) Object.defineProperty(Connection.prototype, 'letIn', original);
  });

  it.each(doorsTried)(`when $name is opened and left ${String(rounds)} times, and twice as often again, then that costs no memory, and nothing is left`, async (door) => {
    const tenant = await madeTenant(api, 'leak');
    const round = async (): Promise<void> => {
      const client = await door.connect({ url: api.url, token: tenant.member }, tenant);
      client.drop();
      await client.ended;
    };
    const allGone = async (): Promise<number> => {
      await eventually(() => api.doors.connectionCount === 0);
      // What is collected may hold what another collection finds.
      for (let times = 0; times < collections; times += 1) {
        collect();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return process.memoryUsage().heapUsed;
    };
    const heap: number[] = [];
    for (let block = 0; block < 3; block += 1) {
      for (let index = 0; index < rounds; index += 1) await round();
      heap.push(await allGone());
    }

    // The first block warms up.
    const [first = 0, second = 0, third = 0] = heap;
    expect(Math.min(second - first, third - second)).toBeLessThan(128 * 1024 + rounds * 1_024);
    await untilLetGo();
  }, isFullSize() ? 240_000 : 60_000);

  it('when a connection is still there, then it is counted: the count can fail', async () => {
    const tenant = await madeTenant(api, 'leak');
    const client = await uiDoor.connect({ url: api.url, token: tenant.member }, tenant);
    collect();
    expect(stillHeld()).toBe(1);
    client.drop();
    await client.ended;
    await untilLetGo();
  });
});
