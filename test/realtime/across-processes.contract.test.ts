// Several API processes with nothing between them but the database: rights, presence, and the one connection of a device.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { tokenFor } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { startStopwatch } from '../harness/stopwatch.ts';
import { doors, syncDoor } from './door-clients.ts';
import type { DoorClient } from './door-clients.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';
import { startTwoProcesses } from './two-processes.ts';
import type { TwoProcesses } from './two-processes.ts';

let processes: TwoProcesses;
const open: (() => void)[] = [];
beforeAll(async () => {
  processes = await startTwoProcesses();
}, 60_000);
afterEach(() => {
  for (const close of open.splice(0)) close();
});
afterAll(async () => {
  await processes.end();
});

describe('rights', () => {
  it('when they are taken away through one process, then connections at the others end within a second, and nothing newer comes', async () => {
    const tenant = await madeTenant(processes.writer, 'apart');
    const all = [processes.first, processes.second].flatMap(({ url }, index) => doors.map((door) => door.connect({ url, token: tenant.member, device: `dev_${String(index)}` }, tenant)));
    const clients = await Promise.all(all);
    await tenant.write(['before']);
    await eventually(() => {
      expect(clients.map((client) => client.ids)).toEqual(clients.map(() => ['before']));
    });
    await tenant.suspendMember();
    const elapsedMs = startStopwatch();
    await tenant.write(['after']);

    expect(await Promise.all(clients.map((client) => client.ended))).toEqual(clients.map(() => 4401));
    expect(elapsedMs()).toBeLessThan(1_000);
    expect(clients.flatMap((client) => client.ids)).toEqual(clients.map(() => 'before'));
  });
});

describe('sessions', () => {
  it('when they are revoked through one process, then every connection of theirs at the others ends within a second, time after time', async () => {
    const tenant = await madeTenant(processes.writer, 'apart');
    for (let round = 0; round < 5; round += 1) {
      const userId = `usr_${String(round)}`;
      await tenant.call(`/api/v1/directory/users/${userId}`, { method: 'PUT', json: { email: `${userId}@example.com`, name: userId } });
      const token = await tokenFor({ tenantId: tenant.tenantId, userId, scope: 'tenant:admin' });
      const all = [processes.first, processes.second].flatMap(({ url }, index) => doors.map((door) => door.connect({ url, token, device: `dev_${String(index)}` }, tenant)));
      const clients = await Promise.all(all);
      expect((await tenant.call(`/api/v1/admin/users/${userId}/sessions/revoke-all`, { method: 'POST' })).status).toBe(200);
      const elapsedMs = startStopwatch();

      expect(await Promise.all(clients.map((client) => client.ended))).toEqual(clients.map(() => 4401));
      expect(elapsedMs()).toBeLessThan(1_000);
    }
  });
});

interface Told {
  readonly users: readonly string[];
  readonly joined?: readonly string[];
  readonly left?: readonly string[];
}

interface Guest {
  readonly socket: Socket;
  readonly told: Told[];
}

/** In the room of shr_1. */
async function enter(url: string, { tenantId }: MadeTenant, userId: string): Promise<Guest> {
  const token = await tokenFor({ tenantId, userId, scope: 'tenant:admin' });
  // The balancer of this test sends nobody back to the same process: no long-polling.
  const socket = io(`${url}/realtime`, { path: '/socket.io/', transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true });
  open.push(() => socket.disconnect());
  const told: Told[] = [];
  socket.on('presence', (news: Told) => told.push(news));
  expect(await socket.timeout(10_000).emitWithAck('join', { share_id: 'shr_1' })).toMatchObject({ ok: true });
  return { socket, told };
}

const usersAt = ({ told }: Guest): readonly string[] | undefined => told.at(-1)?.users;

describe('presence', () => {
  it('when users come and go at different processes, then each process tells all of them; whoever is at both stays until the last one goes', async () => {
    const tenant = await madeTenant(processes.writer, 'apart');
    const ada = await enter(processes.first.url, tenant, 'ada');
    const ben = await enter(processes.second.url, tenant, 'ben');
    await eventually(() => {
      for (const guest of [ada, ben]) expect(usersAt(guest)).toEqual(['ada', 'ben']);
    });
    expect(ada.told.at(-1)).toEqual({ share_id: 'shr_1', users: ['ada', 'ben'], joined: ['ben'] });
    const adaElsewhere = await enter(processes.second.url, tenant, 'ada');
    await eventually(() => usersAt(adaElsewhere)?.length === 2);
    ada.socket.disconnect();
    ben.socket.disconnect();
    await eventually(() => {
      expect(adaElsewhere.told.at(-1)).toEqual({ share_id: 'shr_1', users: ['ada'], left: ['ben'] });
    });
    expect(adaElsewhere.told.flatMap(({ left = [] }) => left)).toEqual(['ben']);
  });

  it('when a process dies, then who was there alone is told to have left when its lease ends, and comes back with the process', async () => {
    const tenant = await madeTenant(processes.writer, 'apart');
    const ben = await enter(processes.second.url, tenant, 'ben');
    await enter(processes.first.url, tenant, 'ada');
    await eventually(() => usersAt(ben)?.length === 2);
    await processes.killFirst();
    await eventually(() => {
      expect(ben.told.at(-1)).toEqual({ share_id: 'shr_1', users: ['ben'], left: ['ada'] });
    }, { limitMs: 14_000 });
    await processes.startFirst();
    await enter(processes.first.url, tenant, 'ada');

    await eventually(() => {
      expect(ben.told.at(-1)).toEqual({ share_id: 'shr_1', users: ['ada', 'ben'], joined: ['ada'] });
    });
  }, 40_000);
});

function connectDevice(url: string, tenant: MadeTenant, device = 'dev_1'): Promise<DoorClient> {
  return syncDoor.connect({ url, token: tenant.member, device }, tenant);
}

describe('a device', () => {
  it('when it connects anew at another process, then its older connection ends with 4409 within a second, and other devices’ do not', async () => {
    const tenant = await madeTenant(processes.writer, 'apart');
    const other = await connectDevice(processes.first.url, tenant, 'dev_2');
    let current = await connectDevice(processes.first.url, tenant);
    for (const { url } of [processes.second, processes.first, processes.first, processes.second]) {
      const next = await connectDevice(url, tenant);
      const elapsedMs = startStopwatch();
      expect(await current.ended).toBe(4409);
      expect(elapsedMs()).toBeLessThan(1_000);
      current = next;
    }
    await tenant.write(['one']);
    await eventually(() => current.ids.length === 1 && other.ids.length === 1);

    expect([current.isEnded, other.isEnded]).toEqual([false, false]);
    for (const client of [current, other]) client.drop();
  });

  it('when it connects to both at once, then exactly one connection stays', async () => {
    const tenant = await madeTenant(processes.writer, 'apart');
    const clients = await Promise.all([processes.first, processes.second].map(({ url }) => connectDevice(url, tenant)));
    await Promise.race(clients.map((client) => client.ended));
    await tenant.write(['one']);
    await eventually(() => clients.some((client) => client.ids.length === 1));

    expect(clients.map(({ isEnded }) => isEnded).sort()).toEqual([false, true]);
    for (const client of clients) client.drop();
  });
});
