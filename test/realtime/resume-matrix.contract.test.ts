// Coming back, at every door: after a drop, after kill -9 of the server, on another process; with rights kept, or lost meanwhile. And a revocation reaches another process within a second.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { openLive } from '../../bin/root/live-doors.ts';
import type { LiveDoors } from '../../realtime/live-doors.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { eventually } from '../harness/eventually.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import type { ApiProcess } from '../harness/processes.ts';
import { doors, ioDoor } from './door-clients.ts';
import type { DoorClient } from './door-clients.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';

const full = isFullSize();
const cuts = full ? 100 : 25;

/** Writes by a process of its own, so that those with the live doors may die. */
let writer: TestApi;
let processes: [ApiProcess, ApiProcess];
let environment: Record<string, string>;

beforeAll(async () => {
  writer = await startTestApi();
  environment = environmentFor({ ownerUrl: writer.database.ownerUrl, appUrl: writer.database.appUrl, temporalAddress: '127.0.0.1:1' });
  processes = await Promise.all([startApiProcess({ env: environment }), startApiProcess({ env: environment })]);
}, 60_000);
afterAll(async () => {
  await Promise.all(processes.map((one) => one.stop()));
  await writer.end();
});

async function killFirst(): Promise<void> {
  const [first] = processes;
  const port = new URL(first.url).port;
  await first.kill9();
  processes[0] = await startApiProcess({ env: { ...environment, HOLDFAST_PORT: port } });
}

const numbered = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => `f${String(from + index)}`);

function connectAll(url: string, tenant: MadeTenant, cursors?: readonly string[]): Promise<DoorClient[]> {
  return Promise.all(doors.map((door, index) => door.connect({ url, token: tenant.member, cursor: cursors?.[index] ?? null }, tenant)));
}

function allSee(clients: readonly DoorClient[], ids: readonly string[]): Promise<unknown> {
  return eventually(() => {
    expect(clients.map((client) => client.ids)).toEqual(clients.map(() => ids));
  }, { limitMs: 15_000 });
}

/** What each way of being cut off does, and where the client comes back to. */
const ways: Readonly<Record<string, (clients: readonly DoorClient[]) => Promise<string>>> = {
  drop: (clients) => {
    for (const client of clients) client.drop();
    return Promise.resolve(processes[0].url);
  },
  'another process': (clients) => {
    for (const client of clients) client.drop();
    return Promise.resolve(processes[1].url);
  },
  'kill -9': async () => {
    await killFirst();
    return processes[0].url;
  },
};

// To start a process again costs more than all the rest: at each run it is done for the hardest case.
describe.each(Object.entries(ways))('after %s', (way, cutOff) => {
  const seen = full ? [0, 1, 1_000] : way === 'kill -9' ? [1_000] : [0, 300];

  it.each(seen)('when a client had received %i entries and kept its rights, then every door gives the rest, once and in order', async (before) => {
    const tenant = await madeTenant(writer, 'back');
    const first = await connectAll(processes[0].url, tenant);
    await tenant.write(numbered(0, before));
    await allSee(first, numbered(0, before));
    const cursors = first.map((client) => client.cursor());
    const url = await cutOff(first);
    await tenant.write(numbered(before, 20));
    const second = await connectAll(url, tenant, cursors);
    await tenant.write(numbered(before + 20, 5));

    await allSee(second, numbered(before, 25));
    for (const client of second) client.drop();
  }, 60_000);

  it('when the rights were lost while away, then no door lets anything through', async () => {
    const tenant = await madeTenant(writer, 'back');
    const first = await connectAll(processes[0].url, tenant);
    const cursors = first.map((client) => client.cursor());
    const url = await cutOff(first);
    await tenant.suspendMember();
    await tenant.write(numbered(0, 5));
    const second = await connectAll(url, tenant, cursors);

    expect(await Promise.all(second.map((client) => client.ended))).toEqual(doors.map(() => 4401));
    expect(second.flatMap((client) => client.ids)).toEqual([]);
  }, 60_000);
});

describe('with two processes', () => {
  it('when rights are taken away through one, then connections at the other end within a second, and nothing newer comes', async () => {
    const tenant = await madeTenant(writer, 'back');
    const clients = (await Promise.all(processes.map(({ url }) => connectAll(url, tenant)))).flat();
    await tenant.write(['before']);
    await allSee(clients, ['before']);
    const startedMs = performance.now();
    await tenant.suspendMember();
    const answeredMs = performance.now();
    await tenant.write(['after']);

    expect(await Promise.all(clients.map((client) => client.ended))).toEqual(clients.map(() => 4401));
    const tookMs = performance.now() - answeredMs;
    expect(tookMs).toBeLessThan(1_000);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(clients.flatMap((client) => client.ids)).toEqual(clients.map(() => 'before'));
  }, 60_000);
});

describe.each(full ? ['kill -9 of the process'] : ['an end of the live doors'])(`when %s cuts at any of ${String(cuts)} points between commit and delivery`, (how) => {
  it('then a client that comes back has everything that was acknowledged, once and in order', async () => {
    const tenant = await madeTenant(writer, 'cut');
    let live = openHere();
    const received: string[] = [];
    let written = 0;
    let cursor: string | null = null;
    for (let cut = 0; cut < cuts; cut += 1) {
      const url: string = full ? processes[0].url : writer.url;
      const client: DoorClient = await ioDoor.connect({ url, token: tenant.member, cursor }, tenant);
      const count = 1 + (cut % 7) * 10;
      const writing = tenant.write(numbered(written, count));
      written += count;
      // Somewhere between the request, its commit, its answer and its frames.
      await pause((cut * 7) % 40);
      if (how.startsWith('kill')) await Promise.all([writing, killFirst()]);
      else {
        await live.stop();
        await writing;
        live = openHere();
      }
      await client.ended;
      received.push(...client.ids);
      cursor = client.cursor();
    }
    const last = await ioDoor.connect({ url: full ? processes[0].url : writer.url, token: tenant.member, cursor }, tenant);
    await eventually(() => {
      expect([...received, ...last.ids]).toEqual(numbered(0, written));
    }, { limitMs: 15_000 });
    last.drop();
    await live.stop();
  }, full ? 900_000 : 60_000);
});

function openHere(): LiveDoors {
  return openLive({ server: writer.server, world: writer.world, appUrl: writer.database.appUrl, allowedOrigins: [] });
}
