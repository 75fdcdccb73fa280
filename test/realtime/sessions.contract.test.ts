// Sessions at every live door: noted when they come in, ended within a second when they are revoked, and not let in again by what was derived from them; and how many one user may hold.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { eventually } from '../harness/eventually.ts';
import { startStopwatch } from '../harness/stopwatch.ts';
import { currentDoor } from './current-door.ts';
import { doors } from './doors.ts';
import { ioDoor } from './io-door.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';
import { sseDoor } from './sse-door.ts';
import { syncDoor } from './sync-door.ts';
import { uiDoor } from './ui-door.ts';

let api: LiveApi;
beforeAll(async () => {
  api = await startLiveApi({ limits: { sweepMs: 20 } });
});
afterAll(async () => {
  await api.end();
});

async function sessionIds(tenant: MadeTenant): Promise<string[]> {
  const { body } = await tenant.call('/api/v1/admin/sessions?user_id=usr_m');
  return (body.sessions as { id: string }[]).map(({ id }) => id);
}

describe.each(doors)('$name', (door) => {
  it('when the session is revoked, then the connection ends with 4401 within a second, and nobody else’s does', async () => {
    const tenant = await madeTenant(api, 'ends');
    const client = await door.connect({ url: api.url, token: tenant.member }, tenant);
    const other = await door.connect({ url: api.url, token: tenant.admin }, tenant);
    await eventually(async () => (await sessionIds(tenant)).length === 1);
    const [id = ''] = await sessionIds(tenant);
    const elapsedMs = startStopwatch();
    expect((await tenant.call(`/api/v1/admin/sessions/${id}/revoke`, { method: 'POST' })).status).toBe(200);

    expect(await client.ended).toBe(4401);
    expect(elapsedMs()).toBeLessThan(1_000);
    expect(other.isEnded).toBe(false);
    other.drop();
  });

  it('when all sessions of the user are revoked, then the connection ends with 4401 within a second', async () => {
    const tenant = await madeTenant(api, 'ends');
    const client = await door.connect({ url: api.url, token: tenant.member }, tenant);
    const elapsedMs = startStopwatch();
    expect((await tenant.call('/api/v1/admin/users/usr_m/sessions/revoke-all', { method: 'POST' })).status).toBe(200);

    expect(await client.ended).toBe(4401);
    expect(elapsedMs()).toBeLessThan(1_000);
  });
});

describe('a session that is used at a live door alone', () => {
  it.each([syncDoor, uiDoor, sseDoor, ioDoor])('when it came in by $name, then it is listed', async (door) => {
    const tenant = await madeTenant(api, 'seen');
    expect(await sessionIds(tenant)).toEqual([]);
    const client = await door.connect({ url: api.url, token: tenant.member, cursor: '0' }, tenant);

    await eventually(async () => (await sessionIds(tenant)).length === 1);
    client.drop();
  });
});

describe('what was derived from a session', () => {
  /** The close code of a raw socket, or `open` when it was let in. */
  async function raw(path: string): Promise<unknown> {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}${path}`);
    let closedWith: number | null = null;
    socket.on('close', (code) => {
      closedWith = code;
    });
    const answer = await eventually<number | 'open' | null>(() => closedWith ?? (api.doors.connectionCount === 1 ? 'open' : null));
    socket.terminate();
    await eventually(() => api.doors.connectionCount === 0);
    return answer;
  }

  async function stream(ticket: string): Promise<number> {
    const leave = new AbortController();
    const { status } = await fetch(`${api.url}/api/events?ticket=${ticket}`, { signal: AbortSignal.any([leave.signal, AbortSignal.timeout(5_000)]) });
    leave.abort();
    await eventually(() => api.doors.connectionCount === 0);
    return status;
  }

  /** The code of the refusal, or `open`. */
  async function socketIo(auth: Record<string, string>): Promise<unknown> {
    const socket = io(`${api.url}/realtime`, { path: '/socket.io/', transports: ['websocket'], auth, reconnection: false, forceNew: true });
    const refused = new Promise((resolve) => socket.on('connect_error', (error: Error & { data?: { code?: string } }) => { resolve(error.data?.code); }));
    const code = await Promise.race([refused, new Promise((resolve) => socket.on('connect', () => { resolve('open'); }))]);
    socket.disconnect();
    await eventually(() => api.doors.connectionCount === 0);
    return code;
  }

  it('when the session is revoked, then neither a ticket nor a token of a door opens one any more', async () => {
    const tenant = await madeTenant(api, 'derived');
    await eventually(() => api.doors.connectionCount === 0);
    const { member: token, call } = tenant;
    const ticket = async () => String((await call('/api/v1/auth/tickets', { method: 'POST', json: {}, token })).body.ticket);
    const tokenOf = async (door: string) => String((await call(`/current/${door}/auth/shr_1`, { token })).body.response.auth_token);
    const [activity, room] = [await tokenOf('websocket'), await tokenOf('realtime')];
    const ways = async () => {
      const tickets = [await ticket(), await ticket(), await ticket(), await ticket()];
      return [
        () => raw(`/api/v1/realtime/ws?ticket=${String(tickets[0])}`),
        () => raw(`/api/websocket/?ticket=${String(tickets[1])}`),
        () => raw(`/api/websocket/?token=${activity}`),
        () => stream(String(tickets[2])),
        () => socketIo({ ticket: String(tickets[3]) }),
        () => socketIo({ token: room }),
      ];
    };
    const [before, after] = [await ways(), await ways()];
    const answers = async (all: Awaited<ReturnType<typeof ways>>) => {
      const seen: unknown[] = [];
      for (const way of all) seen.push(await way());
      return seen;
    };
    expect(await answers(before)).toEqual(['open', 'open', 'open', 200, 'open', 'open']);

    const [id = ''] = await sessionIds(tenant);
    expect((await call(`/api/v1/admin/sessions/${id}/revoke`, { method: 'POST' })).status).toBe(200);

    expect(await answers(after)).toEqual([4401, 4401, 4401, 401, 'AUTH_SESSION_REVOKED', 'AUTH_SESSION_REVOKED']);
  });
});

describe('too many connections', () => {
  it('when a user has as many as one may have, then the next is refused at every door, and let in when one has gone; others are not concerned', async () => {
    const strict = await startLiveApi({ limits: { sweepMs: 20, connectionsPerUser: 2, connectionsPerTenant: 4 } });
    const tenant = await madeTenant(strict, 'many');
    const connect = (door: (typeof doors)[number], token = tenant.member) => door.connect({ url: strict.url, token }, tenant);
    const [first] = [await connect(uiDoor), await connect(ioDoor)];
    for (const door of [syncDoor, uiDoor, currentDoor]) expect([door.name, await (await connect(door)).ended]).toEqual([door.name, 4429]);
    expect(await (await connect(sseDoor)).ended).toBe(429);
    expect((await connect(ioDoor)).isEnded).toBe(true);
    const others = [await connect(uiDoor, tenant.admin), await connect(uiDoor, tenant.admin)];
    expect(others.map(({ isEnded }) => isEnded)).toEqual([false, false]);
    first.drop();
    await eventually(() => strict.doors.connectionCount === 3);

    const next = await connect(uiDoor);
    expect(next.isEnded).toBe(false);
    await strict.end();
  });
});
