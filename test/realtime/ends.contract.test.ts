// Ends: a stopping server sends everybody away with advice, and nothing is left of who has gone.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { isFullSize } from '../harness/fault-rounds.ts';
import { eventually } from '../harness/eventually.ts';
import { doors, ioDoor, uiDoor } from './door-clients.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';

const rounds = isFullSize() ? 1_000 : 120;

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

  it.each([uiDoor, ioDoor])(`when $name is opened and left ${String(rounds)} times, then memory is flat and nothing is left`, async (door) => {
    const tenant = await madeTenant(api, 'leak');
    const round = async (): Promise<void> => {
      const client = await door.connect({ url: api.url, token: tenant.member }, tenant);
      client.drop();
      await client.ended;
    };
    for (let warm = 0; warm < 20; warm += 1) await round();
    await eventually(() => api.doors.connectionCount === 0);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < rounds; index += 1) await round();
    await eventually(() => api.doors.connectionCount === 0);
    collect();

    expect(process.memoryUsage().heapUsed - before).toBeLessThan(rounds * 4_096 + 4 * 1024 * 1024);
    const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    expect(sockets).toBeLessThan(60);
  }, isFullSize() ? 240_000 : 60_000);
});
