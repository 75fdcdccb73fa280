// One suite against every live door: order, no gap, no repeat, resume, revocation, slow readers, ends.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenFor } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { startStopwatch } from '../harness/stopwatch.ts';
import { currentDoor } from './current-door.ts';
import type { Door, DoorClient } from './door-client.ts';
import { doors } from './doors.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';

let api: LiveApi;
beforeAll(async () => {
  api = await startLiveApi({ limits: { sweepMs: 50 } });
});
afterAll(async () => {
  await api.end();
});

const numbered = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => `f${String(from + index)}`);

async function connect(door: Door, tenant: MadeTenant, cursor?: string): Promise<DoorClient> {
  return door.connect({ url: api.url, token: tenant.member, cursor: cursor ?? null }, tenant);
}

const sees = (client: DoorClient, ids: readonly string[]) =>
  eventually(() => {
    expect(client.ids).toEqual(ids);
  });

describe.each(doors)('$name', (door) => {
  it('when entries are written, then they come once and in order', async () => {
    const tenant = await madeTenant(api);
    const client = await connect(door, tenant);
    const ids = numbered(0, 40);
    for (const id of ids.slice(0, 5)) await tenant.write([id]);
    await tenant.write(ids.slice(5));

    await sees(client, ids);
    client.drop();
  });

  it.each([0, 1, 300])('when it comes back after %i entries, then it gets what it missed and what is new, without a seam', async (before) => {
    const tenant = await madeTenant(api);
    const first = await connect(door, tenant);
    await tenant.write(numbered(0, before));
    await sees(first, numbered(0, before));
    first.drop();
    await tenant.write(numbered(before, 30));
    const writing = tenant.write(numbered(before + 30, 30));
    const second = await connect(door, tenant, first.cursor());
    await writing;

    await sees(second, numbered(before, 60));
    second.drop();
  });

  // The activity socket has tokens of its own, which end with the session.
  if (door !== currentDoor) {
    it('when the token has just expired, then nobody is let in, though requests are taken for a moment longer', async () => {
      const tenant = await madeTenant(api);
      const { body } = await tenant.call('/api/v1/sync/changes', { token: tenant.member });
      const token = await tokenFor({ tenantId: tenant.tenantId, userId: 'usr_m', scope: 'audit:read', expiresIn: '-1s' });
      const asked = await tenant.call('/api/v1/sync/changes', { token });
      const client = await door.connect({ url: api.url, token, cursor: body.cursor as string }, tenant);

      expect([asked.status, await client.ended, client.ready]).toEqual([200, 4401, false]);
    });
  }

  it('when the member is suspended, then the connection ends with 4401 and nothing newer comes', async () => {
    const tenant = await madeTenant(api);
    const client = await connect(door, tenant);
    await tenant.write(['before']);
    await sees(client, ['before']);
    const elapsedMs = startStopwatch();
    await tenant.suspendMember();
    await tenant.write(['after']);

    expect(await client.ended).toBe(4401);
    expect(elapsedMs()).toBeLessThan(1_000);
    expect(client.ids).toEqual(['before']);
  });
});
