// Sessions at every live door: noted when they come in, ended within a second when they are revoked; and how many one user may hold.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { startStopwatch } from '../harness/stopwatch.ts';
import { currentDoor, doors, ioDoor, sseDoor, syncDoor, uiDoor } from './door-clients.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';

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
