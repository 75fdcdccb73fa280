// Several API processes with nothing between them but the database: rights, presence, and the one connection of a device.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { tokenFor } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { startStopwatch } from '../harness/stopwatch.ts';
import type { DoorClient } from './door-client.ts';
import { doors } from './doors.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';
import { syncDoor } from './sync-door.ts';
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

interface Revocation {
  readonly what: string;
  /** Who listens; whatever makes the rights that are taken. */
  token(tenant: MadeTenant): Promise<string>;
  take(tenant: MadeTenant): Promise<unknown>;
  /** How each door ends, by its name; null where the connection has nothing to do with it and stays. */
  readonly ends: Readonly<Record<string, number | null>>;
}

const directory = (tenant: MadeTenant, method: 'PUT' | 'DELETE', path: string, json?: unknown) =>
  tenant.call(`/api/v1/directory/${path}`, { method, ...(json === undefined ? {} : { json }) });
const everywhere = { 'sync-ws': 4401, 'ui-ws': 4401, 'current-ws': 4401, sse: 4401, 'socket.io': 4401 };
/** The sync socket just no longer hears of the share; who follows the log by scope is no member. */
const roomsOnly = { 'sync-ws': null, 'ui-ws': 4403, 'current-ws': 4403, sse: null, 'socket.io': 4403 };
const tokenOf = (tenant: MadeTenant, userId: string, more: { readonly sessionId?: string; readonly expiresIn?: Date } = {}) =>
  tokenFor({ tenantId: tenant.tenantId, userId, scope: 'audit:read', ...more });
const user = { email: 'g@example.com', name: 'G' };
const livesMs = 5_000;
let expiresAtMs = 0;

const revocations: readonly Revocation[] = [
  { what: 'the user is suspended', token: ({ member }) => Promise.resolve(member), take: (tenant) => tenant.suspendMember(), ends: everywhere },
  {
    what: 'the session is revoked',
    token: (tenant) => tokenOf(tenant, 'usr_m', { sessionId: 'ses_1' }),
    take: (tenant) => tenant.call('/api/v1/admin/sessions/ses_1/revoke', { method: 'POST' }),
    ends: everywhere,
  },
  {
    what: 'the token expires',
    token(tenant) {
      expiresAtMs = Math.ceil((Date.now() + livesMs) / 1000) * 1000;
      return tokenOf(tenant, 'usr_m', { expiresIn: new Date(expiresAtMs) });
    },
    take: () => eventually(() => Date.now() >= expiresAtMs, { limitMs: livesMs + 2_000, everyMs: 2 }),
    // The activity socket has a token of its own, which ends with the session.
    ends: { ...everywhere, 'current-ws': null },
  },
  { what: 'the member is removed from the share', token: ({ member }) => Promise.resolve(member), take: (tenant) => tenant.removeMember(), ends: roomsOnly },
  {
    what: 'the member is removed from the group that is one',
    async token(tenant) {
      await directory(tenant, 'PUT', 'users/usr_g', user);
      await directory(tenant, 'PUT', 'groups/grp_1', { name: 'G', members: ['usr_g'] });
      await directory(tenant, 'PUT', 'profiles/shr_1/members/grp_1', { role: 'member' });
      return tokenOf(tenant, 'usr_g');
    },
    take: (tenant) => directory(tenant, 'PUT', 'groups/grp_1', { name: 'G', members: [] }),
    ends: roomsOnly,
  },
  {
    what: 'the role in the workspace above is lost',
    async token(tenant) {
      await directory(tenant, 'PUT', 'users/usr_g', user);
      await directory(tenant, 'PUT', 'profiles/wsp_1/members/usr_g', { role: 'admin' });
      return tokenOf(tenant, 'usr_g');
    },
    take: (tenant) => directory(tenant, 'PUT', 'profiles/wsp_1/members/usr_g', { role: 'viewer' }),
    ends: roomsOnly,
  },
];

describe('rights', () => {
  it.each(revocations)('when $what, then within a second every door at both processes is as it should be, and nothing newer comes', async ({ token: tokenWith, take, ends }) => {
    const tenant = await madeTenant(processes.writer, 'apart');
    const token = await tokenWith(tenant);
    const clients = await Promise.all(
      [processes.first, processes.second].flatMap(({ url }, index) =>
        doors.map(async (door) => ({ door: door.name, client: await door.connect({ url, token, device: `dev_${String(index)}` }, tenant) })),
      ),
    );
    await tenant.write(['before']);
    await eventually(() => {
      expect(clients.map(({ client }) => client.ids)).toEqual(clients.map(() => ['before']));
    });
    await take(tenant);
    const elapsedMs = startStopwatch();
    const written = tenant.write(['after']);
    const ending = clients.filter(({ door }) => ends[door] !== null);
    const codes = await Promise.all(ending.map(async ({ door, client }) => [door, await client.ended]));

    expect(elapsedMs()).toBeLessThan(1_000);
    expect(codes).toEqual(ending.map(({ door }) => [door, ends[door]]));
    await written;
    expect(ending.map(({ door, client }) => [door, client.ids])).toEqual(ending.map(({ door }) => [door, ['before']]));
    await staysAsItShould(clients.filter(({ door }) => ends[door] === null), tenant);
  }, 40_000);
});

/** Who stays is shown what they may still see, and the sync socket, which is told of all shares, nothing of the lost one. */
async function staysAsItShould(staying: readonly { readonly door: string; readonly client: DoorClient }[], tenant: MadeTenant): Promise<void> {
  if (staying.length === 0) return;
  for (const userId of ['usr_m', 'usr_g']) await directory(tenant, 'PUT', `profiles/shr_2/members/${userId}`, { role: 'member' });
  await tenant.write(['fence'], { share_id: 'shr_2' });
  const expected: Readonly<Record<string, readonly string[]>> = { 'sync-ws': ['before', 'fence'], sse: ['before', 'after', 'fence'], 'current-ws': ['before', 'after'] };
  await eventually(() => {
    expect(staying.map(({ door, client }) => [door, client.ids])).toEqual(staying.map(({ door }) => [door, expected[door]]));
  });
  for (const { client } of staying) {
    expect(client.isEnded).toBe(false);
    client.drop();
  }
}

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
    // Who comes before she was told of anybody is no news to her.
    await eventually(() => usersAt(ada)?.length === 1);
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
