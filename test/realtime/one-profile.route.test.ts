// Tokens and tickets that are for one profile: the activity socket, one room, and nothing else; and what becomes of them when their user loses what they were made for.
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenFor } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { eventOf, ioClients } from './io-clients.ts';
import type { IoClient } from './io-clients.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';
import { frameOf, openRaw } from './raw-client.ts';
import type { Spoken } from './raw-client.ts';

let api: LiveApi;
const io = ioClients();
beforeAll(async () => {
  api = await startLiveApi({ limits: { sweepMs: 20 } });
});
afterEach(() => {
  io.disconnectAll();
});
afterAll(async () => {
  await api.end();
});

const open = (path: string): Spoken => openRaw(api.url, path);
const connect = (auth: Record<string, unknown>): IoClient => io.connect(api.url, auth);

/** What a service is told that is shown this: the room, or the number of the fault, behind the status. */
async function validate(authorization?: string): Promise<unknown[]> {
  const answer = await fetch(`${api.url}/current/realtime/auth/validate/`, { headers: authorization === undefined ? {} : { authorization } });
  const body = (await answer.json()) as { response?: unknown; error?: { code: number } };
  return [answer.status, body.error?.code ?? body.response];
}

describe('ws /api/websocket/', () => {
  it('when members, administrators and somebody alone are meant, then activity always comes and the event for members alone, if it fits', async () => {
    const { member, call } = await madeTenant(api, 'cur');
    const { body } = await call('/current/websocket/auth/shr_1', { token: member });
    expect(body).toEqual({ result: 'yes', response: { expires_in: 86_400, auth_token: expect.any(String) }, current_api_version: '1.0' });
    // Some clients put the token alone behind the question mark.
    const talk = open(`/api/websocket/?${String(body.response.auth_token)}`);
    await once(talk.socket, 'open');
    const event = { event: 'share_storage_file_added', share_id: 'shr_1', user_id: 'usr_x', resource_type: 'file', resource_id: 'one', resource_name: 'report.pdf', details: { size: 7 } };
    const events = [event, { ...event, resource_id: 'two', permission: 'admin' }, { ...event, resource_id: 'three', details: { text: 'x'.repeat(5_000) } }, { ...event, resource_id: 'hidden', visibility: 'internal' }, { ...event, resource_id: 'four' }];
    await eventually(async () => {
      await call('/api/v1/events', { method: 'POST', json: event });
      return talk.frames.length > 0;
    });
    talk.frames.length = 0;
    await call('/api/v1/events', { method: 'POST', json: { events } });
    await frameOf(talk, ({ response, object_id: object }) => response === 'event' && object === 'four');

    const keys = talk.frames.filter(({ response }) => response === 'activity').flatMap(({ activity }) => activity as string[]);
    expect(keys.slice(-4)).toEqual(['storage:one', 'storage:two', 'storage:three', 'storage:four']);
    const frames = talk.frames.filter(({ response, object_id: object }) => response === 'event' && object !== undefined);
    expect(new Set(frames.map(({ object_id: object }) => object))).toEqual(new Set(['one', 'four']));
    const { cursor: _cursor, ...shown } = frames.at(-1) ?? {};
    expect(shown).toEqual({
      result: true,
      response: 'event',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC$/),
      timestamp: expect.stringMatching(/^\d+\.\d{4}$/),
      event: 'share_storage_file_added',
      category: 'share',
      sub_category: 'storage',
      object_id: 'four',
      calling_user: 'usr_x',
      activity_field: 'storage',
      data: { name: 'report.pdf', size: 7 },
    });
    talk.socket.terminate();
  });

  it('when the profile is lost, then it is closed with 4403; a room’s token and a user’s open nothing here', async () => {
    const { member, call, removeMember } = await madeTenant(api, 'cur');
    const websocket = (await call('/current/websocket/auth/shr_1', { token: member })).body.response.auth_token as string;
    const realtime = (await call('/current/realtime/auth/shr_1', { token: member })).body.response.auth_token as string;
    const talk = open(`/api/websocket/?token=${websocket}`);
    await once(talk.socket, 'open');
    await removeMember();

    expect((await talk.closed).code).toBe(4403);
    expect((await open(`/api/websocket/?token=${realtime}`).closed).code).toBe(4401);
    expect((await open(`/api/websocket/?token=${member}`).closed).code).toBe(4401);
  });

  it('when the token is limited to a share, then the share is shown and the caller’s own profile is not', async () => {
    const { tenantId, call } = await madeTenant(api, 'cur');
    const limited = await tokenFor({ tenantId, userId: 'usr_m', entities: ['share:shr_1'] });
    expect(await call('/current/websocket/auth/usr_m', { token: limited })).toMatchObject({ status: 400, body: { error: { code: 1605 } } });
    const { body } = await call('/api/v1/auth/tickets', { method: 'POST', json: {}, token: limited });
    expect((await open(`/api/websocket/?ticket=${String(body.ticket)}`).closed).code).toBe(4403);
    const share = await call('/current/websocket/auth/shr_1', { token: limited });
    const talk = open(`/api/websocket/?token=${String(share.body.response.auth_token)}`);
    await once(talk.socket, 'open');
    await eventually(async () => {
      await call('/api/v1/events', { method: 'POST', json: { event: 'share_storage_file_added', share_id: 'shr_1', resource_type: 'file', resource_id: 'one' } });
      return talk.frames.some(({ response }) => response === 'activity');
    });
    talk.socket.terminate();
  });

  it('when an entry gives no name, then the end of its path is one; where there is no path either, there is no name', async () => {
    const { member, call } = await madeTenant(api, 'cur');
    const { body } = await call('/current/websocket/auth/shr_1', { token: member });
    const talk = open(`/api/websocket/?token=${String(body.response.auth_token)}&cursor=0`);
    await once(talk.socket, 'open');
    const event = { event_type: 'file.update', share_id: 'shr_1', user_id: 'usr_x', resource_type: 'file' };
    const events = [
      { ...event, resource_id: 'named', resource_name: 'given.pdf', path: '/a/other.pdf' },
      { ...event, resource_id: 'moved', change: { change_type: 'moved', old_path: '/a/old.pdf', new_path: '/b/spec.pdf' } },
      { ...event, resource_id: 'at', path: '/Engineering/' },
      { ...event, resource_id: 'gone', change: { change_type: 'deleted', old_path: '/a/gone.pdf' } },
      { ...event, resource_id: 'renamed', change: { change_type: 'renamed', old_path: '/a/before.pdf' } },
      { ...event, resource_id: 'bare' },
    ];
    await call('/api/v1/events', { method: 'POST', json: { events } });
    await frameOf(talk, ({ response, object_id: id }) => response === 'event' && id === 'bare');
    const shown = talk.frames.filter(({ response, event: name }) => response === 'event' && String(name).includes('storage')).map(({ object_id: id, data }) => [id, data]);

    expect(shown).toEqual([['named', { name: 'given.pdf' }], ['moved', { name: 'spec.pdf' }], ['at', { name: 'Engineering' }], ['gone', { name: 'gone.pdf' }], ['renamed', {}], ['bare', {}]]);
    talk.socket.terminate();
  });

  it('when it is the caller’s own profile, then what concerns them comes', async () => {
    const { member, call } = await madeTenant(api, 'cur');
    const { body } = await call('/api/v1/auth/tickets', { method: 'POST', token: member });
    const talk = open(`/api/websocket/?ticket=${String(body.ticket)}`);
    await once(talk.socket, 'open');
    await eventually(async () => {
      await call('/api/v1/events', { method: 'POST', json: { event_type: 'share.member_added', share_id: 'shr_2', target_user_id: 'usr_m', user_id: 'usr_x' } });
      return talk.frames.some(({ response }) => response === 'activity');
    });

    expect(talk.frames[0]).toMatchObject({ response: 'activity', activity: ['member:usr_m'] });
    expect((await open(`/api/websocket/?ticket=${String(body.ticket)}`).closed).code).toBe(4401);
    talk.socket.terminate();
  });
});

describe('tokens of one room, and tickets', () => {
  it('when a room’s token connects, then it joins that room and nothing else', async () => {
    const { member, call } = await madeTenant(api, 'io');
    const room = (await call('/current/realtime/auth/shr_1', { token: member })).body.response.auth_token as string;
    const other = (await call('/current/websocket/auth/shr_1', { token: member })).body.response.auth_token as string;
    const client = connect({ token: room });

    expect(await client.ask('join', { share_id: 'shr_1' })).toMatchObject({ ok: true });
    expect(await client.ask('join', { workspace_id: 'wsp_1' })).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
    expect(await client.ask('join', { audit: true })).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
    expect(await client.ask('ack', { event_id: 'evt_1' })).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
    expect(await eventOf(connect({ token: other }), 'connect_error')).toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
  });

  it('when a token of one room is read, then it is known as before whether the user’s token named its session', async () => {
    const { tenantId } = await madeTenant(api, 'io');
    const user = { tenantId, userId: 'u', scopes: new Set<never>(), email: null, name: null, groups: [], sessionId: 's', issuedAtSeconds: null, expiresAtSeconds: 0, serviceAccount: null, idp: null, entities: null };
    for (const principal of [{ ...user, namesSession: true }, { ...user, namesSession: false }, user]) {
      const read = await api.world.liveTokens.read(await api.world.liveTokens.make({ scope: 'realtime', profileId: 'shr_1', principal }), 'realtime');
      expect(read).toMatchObject({ principal: { ...principal, expiresAtSeconds: expect.any(Number) } });
    }
  });

  it('when a ticket is brought by many at once, then exactly one comes in', async () => {
    const { member, call } = await madeTenant(api, 'io');
    const { status, body } = await call('/api/v1/auth/tickets', { method: 'POST', json: {}, token: member });
    expect([status, body.expires_in]).toEqual([201, 60]);
    const clients = Array.from({ length: 6 }, () => connect({ ticket: body.ticket as string }));
    await eventually(() => clients.every(({ socket, events }) => socket.connected || events.length > 0));

    expect(clients.filter(({ socket }) => socket.connected)).toHaveLength(1);
  });

  it('when a token is checked, then each fault has its number', async () => {
    const { tenantId, member, call } = await madeTenant(api, 'io');
    const room = (await call('/current/realtime/auth/shr_1', { token: member })).body.response.auth_token as string;
    const websocket = (await call('/current/websocket/auth/shr_1', { token: member })).body.response.auth_token as string;
    const incomplete = await api.world.liveTokens.make({ scope: 'realtime', profileId: 'not an id', principal: { tenantId, userId: 'u', scopes: new Set(), email: null, name: null, groups: [], sessionId: 's', issuedAtSeconds: null, expiresAtSeconds: 0, serviceAccount: null, idp: null, entities: null } });

    expect(await validate(`Bearer ${room}`)).toEqual([200, { room_id: 'shr_1' }]);
    expect(await validate()).toEqual([401, 1650]);
    for (const malformed of ['Bearer a b', 'Basic abc', 'Bearer', 'Bearer nonsense', `Bearer ${websocket}`]) expect([malformed, ...(await validate(malformed))]).toEqual([malformed, 400, 1605]);
    expect(await validate(`Bearer ${room.slice(0, -4)}AAAA`)).toEqual([403, 1680]);
    expect(await validate(`Bearer ${member}`)).toEqual([403, 1680]);
    expect(await validate(`Bearer ${incomplete}`)).toEqual([500, 1654]);
  });

  it('when a token is asked for, then rooms that are none, and such as are closed to the caller, are told apart', async () => {
    const { member, admin, call } = await madeTenant(api, 'io');
    await call('/api/v1/directory/profiles/shr_3', { method: 'PUT', json: { type: 'share', name: 'Three', multiplayer: false } });
    const ask = async (path: string, token: string) => {
      const { status, body } = await call(`/current/${path}`, { token });
      return [status, body.error?.code];
    };

    expect(await ask('realtime/auth/nowhere', member)).toEqual([400, 1605]);
    expect(await ask('realtime/auth/', member)).toEqual([400, 1605]);
    expect(await ask('realtime/auth/shr_2', member)).toEqual([403, 1680]);
    expect(await ask('realtime/auth/shr_3', admin)).toEqual([403, 1680]);
    expect(await ask('websocket/auth/shr_2', member)).toEqual([400, 1605]);
    expect(await ask('websocket/auth/', member)).toEqual([400, 1605]);
    expect(await ask('websocket/auth/usr_m', member)).toEqual([200, undefined]);
  });
});

describe('a room’s token that is checked', () => {
  const losses: [string, (tenant: MadeTenant) => Promise<unknown>][] = [
    ['its session is revoked', async ({ call }) => {
      const { body } = await call('/api/v1/admin/sessions?user_id=usr_m');
      await call(`/api/v1/admin/sessions/${String(body.sessions[0].id)}/revoke`, { method: 'POST' });
    }],
    ['all sessions of its user are revoked', ({ call }) => call('/api/v1/admin/users/usr_m/sessions/revoke-all', { method: 'POST' })],
    ['its user is suspended', (tenant) => tenant.suspendMember()],
  ];

  it.each(losses)('when %s, then it is refused as the door of the room refuses it', async (_what, lose) => {
    const tenant = await madeTenant(api, 'lost');
    const token = (await tenant.call('/current/realtime/auth/shr_1', { token: tenant.member })).body.response.auth_token as string;
    expect(await validate(`Bearer ${token}`)).toEqual([200, { room_id: 'shr_1' }]);
    await lose(tenant);

    expect(await validate(`Bearer ${token}`)).toEqual([403, 1680]);
    const client = connect({ token });
    await eventually(() => client.socket.connected || client.events.length > 0);
    expect(client.socket.connected && (await client.ask('join', { share_id: 'shr_1' })).ok).toBe(false);
  });

  it('when its user is removed from the room, then the token is still one, and the room refuses it', async () => {
    const tenant = await madeTenant(api, 'removed');
    const token = (await tenant.call('/current/realtime/auth/shr_1', { token: tenant.member })).body.response.auth_token as string;
    await tenant.removeMember();

    expect(await validate(`Bearer ${token}`)).toEqual([200, { room_id: 'shr_1' }]);
    const client = connect({ token });
    await eventually(() => client.socket.connected || client.events.length > 0);
    expect(client.socket.connected && (await client.ask('join', { share_id: 'shr_1' })).ok).toBe(false);
  });
});

describe('a ticket for one profile', () => {
  const ticketFor = async ({ call, admin }: MadeTenant, profile: string | null, token = admin): Promise<string> =>
    String((await call('/api/v1/auth/tickets', { method: 'POST', json: profile === null ? {} : { profile_id: profile }, token })).body.ticket);

  it.each([
    ['shr_1', { share_id: 'shr_1' }],
    ['wsp_1', { workspace_id: 'wsp_1' }],
    ['org_1', { org_id: 'org_1' }],
  ])('when it is for %s, then on Socket.IO it joins that room and nothing else', async (profile, its) => {
    const tenant = await madeTenant(api, 'tick');
    await tenant.call('/api/v1/directory/profiles/org_1', { method: 'PUT', json: { type: 'org', name: 'O' } });
    const client = connect({ ticket: await ticketFor(tenant, profile) });

    expect(await client.ask('join', its)).toMatchObject({ ok: true });
    const others = [{ share_id: 'shr_1' }, { share_id: 'shr_2' }, { workspace_id: 'wsp_1' }, { org_id: 'org_1' }, { audit: true }].filter((room) => JSON.stringify(room) !== JSON.stringify(its));
    for (const room of others) expect([room, await client.ask('join', room)]).toEqual([room, { ok: false, error: expect.objectContaining({ code: 'FORBIDDEN' }) }]);
    expect(await client.ask('ack', { event_id: 'evt_1' })).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
  });

  it('when its user may not see the profile, then it opens nothing', async () => {
    const tenant = await madeTenant(api, 'tick');
    const client = connect({ ticket: await ticketFor(tenant, 'shr_2', tenant.member) });

    expect(await client.ask('join', { share_id: 'shr_2' })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    expect(await client.ask('join', { share_id: 'shr_1' })).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
  });

  it('when it is for a share, then the realtime socket subscribes to that share alone', async () => {
    const tenant = await madeTenant(api, 'tick');
    const talk = open(`/api/v1/realtime/ws?ticket=${await ticketFor(tenant, 'shr_1')}`);
    await once(talk.socket, 'open');
    talk.say({ action: 'subscribe', share_id: 'shr_2' });
    talk.say({ action: 'subscribe', share_id: 'shr_1' });

    expect(await frameOf(talk, ({ type }) => type === 'subscribed')).toMatchObject({ share_id: 'shr_1' });
    expect(talk.frames.filter(({ type }) => type === 'error')).toEqual([expect.objectContaining({ share_id: 'shr_2', error: expect.objectContaining({ code: 'FORBIDDEN' }) })]);
    talk.socket.terminate();
  });

  it('when a door tells of more than one profile, then it is refused there, and one without a profile is not', async () => {
    const tenant = await madeTenant(api, 'tick');
    const sync = async (profile: string | null) => open(`/api/v1/sync/ws/dev_1?ticket=${await ticketFor(tenant, profile)}`);
    const stream = async (profile: string | null): Promise<number> => {
      const leave = new AbortController();
      const { status } = await fetch(`${api.url}/api/events?ticket=${await ticketFor(tenant, profile)}`, { signal: AbortSignal.any([leave.signal, AbortSignal.timeout(5_000)]) });
      leave.abort();
      return status;
    };

    expect((await (await sync('shr_1')).closed).code).toBe(4403);
    expect([await stream('shr_1'), await stream(null)]).toEqual([401, 200]);
    const whole = await sync(null);
    await once(whole.socket, 'open');
    whole.say({ type: 'ping' });
    await frameOf(whole, ({ type }) => type === 'pong');
    whole.socket.terminate();
  });
});
