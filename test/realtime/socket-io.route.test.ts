// Socket.IO: rooms, frames, acks, presence.
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { eventually } from '../harness/eventually.ts';
import { eventOf, ioClients } from './io-clients.ts';
import type { IoClient } from './io-clients.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';

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

const connect = (auth: Record<string, unknown>, transports?: string[]): IoClient => io.connect(api.url, auth, transports);

describe('rooms on Socket.IO', () => {
  it.each([[['websocket']], [['polling']]])('when a share is joined over %s, then the answer comes before its frames, and frames are changes and events', async (transports) => {
    const { member, call } = await madeTenant(api, 'io');
    const client = connect({ token: member }, transports);
    expect(await client.ask('join', { share_id: 'shr_1' })).toEqual({ ok: true, cursor: expect.any(String) });
    const file = { event_type: 'file.create', share_id: 'shr_1', user_id: 'usr_x', resource_type: 'file', resource_id: 'fil_1', change: { change_type: 'created', new_path: '/a' } };
    const events = [file, { ...file, resource_type: 'folder', change: { change_type: 'moved', old_path: '/a', new_path: '/b' } }, { event_type: 'file.download', share_id: 'shr_1', user_id: 'usr_x', resource_type: 'file', resource_id: 'fil_1' }, { ...file, change: { change_type: 'deleted' } }];
    await call('/api/v1/events', { method: 'POST', json: { events } });
    await call('/api/v1/directory/profiles/shr_1', { method: 'PUT', json: { type: 'share', name: 'Renamed', parent_id: 'wsp_1' } });
    await eventOf(client, 'frame', ({ type }) => type === 'share_updated');

    const frames = client.events.filter(({ name }) => name === 'frame').map(({ payload }) => payload);
    expect(frames.map(({ type }) => type)).toEqual(['file_created', 'folder_updated', 'event', 'file_deleted', 'share_updated']);
    expect(frames[0]).toEqual({ cursor: expect.any(String), type: 'file_created', share_id: 'shr_1', data: expect.objectContaining({ file_id: 'fil_1', path: '/a' }) });
    expect(frames[3].data).toEqual({ file_id: 'fil_1' });
    expect(await client.ask('leave', { share_id: 'shr_1' })).toEqual({ ok: true });
    expect(await client.ask('leave', { share_id: 'shr_1' })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  it('when a workspace is joined, then its changes come only of shares the member sees, and of one room once', async () => {
    const { member, call, write } = await madeTenant(api, 'io');
    const client = connect({ token: member });
    await client.ask('join', { workspace_id: 'wsp_1' });
    await client.ask('join', { share_id: 'shr_1' });
    await write(['hidden'], { share_id: 'shr_2' });
    await write(['shown']);
    await call('/api/v1/events', { method: 'POST', json: { event: 'workspace_updated', workspace_id: 'wsp_1', visibility: 'external', permission: 'member' } });
    await eventOf(client, 'frame', ({ type }) => type === 'event');

    const frames = client.events.filter(({ name }) => name === 'frame').map(({ payload }) => payload);
    expect(frames.map(({ type, data }) => data.file_id ?? type)).toEqual(['shown', 'event']);
  });

  it('when an audit room is joined, then entries its filter means come as audit objects; without the scope it is refused', async () => {
    const { member, admin, call, write } = await madeTenant(api, 'io');
    const client = connect({ token: member });
    expect(await client.ask('join', { audit: true, filter: { event_type: 'auth.login' } })).toMatchObject({ ok: true });
    expect(await client.ask('join', { audit: true, filter: { nonsense: 1 } })).toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
    await write(['no']);
    await call('/api/v1/events', { method: 'POST', json: { event_type: 'auth.login', outcome: 'failure', user_id: 'usr_x' } });
    const frame = await eventOf(client, 'frame');

    expect(frame).toMatchObject({ type: 'audit', data: { event_type: 'auth.login', outcome: 'failure', id: expect.stringMatching(/^aud_/) } });
    expect(Object.keys(frame.data as object)).toHaveLength(18);
    expect(client.events.filter(({ name }) => name === 'frame')).toHaveLength(1);
    expect(admin).toBeDefined();
  });

  it('when more audit rooms are joined than one connection may have, then it is refused until one is left', async () => {
    const { member } = await madeTenant(api, 'io');
    const client = connect({ token: member });
    const room = (index: number) => ({ audit: true, filter: { user_id: `usr_${String(index)}` } });
    for (let index = 0; index < 20; index += 1) expect(await client.ask('join', room(index))).toMatchObject({ ok: true });

    expect(await client.ask('join', room(20))).toMatchObject({ ok: false, error: { code: 'TOO_BUSY' } });
    expect(await client.ask('join', room(3))).toMatchObject({ ok: true });
    expect(await client.ask('join', { share_id: 'shr_1' })).toMatchObject({ ok: true });
    await client.ask('leave', room(0));
    expect(await client.ask('join', room(20))).toMatchObject({ ok: true });
  });

  it('when an administrator’s action comes as an event, then how the request came to us is not shown', async () => {
    const { admin, call } = await madeTenant(api, 'io');
    const client = connect({ token: admin });
    await client.ask('join', { share_id: 'shr_1' });
    await call('/api/v1/directory/profiles/shr_1/members/usr_m', { method: 'PUT', json: { role: 'admin' } });
    const frame = await eventOf(client, 'frame', ({ type }) => type === 'event');

    expect(frame.data).toMatchObject({ calling_user: 'admin', details: { member_type: 'user' } });
    expect(frame.data.details).not.toHaveProperty('request');
  });

  it('when nothing, two things, or what may not be seen is asked for, then it is refused and the connection stays', async () => {
    const { member } = await madeTenant(api, 'io');
    const client = connect({ token: member });

    expect(await client.ask('join', {})).toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
    expect(await client.ask('join', { share_id: 'shr_1', org_id: 'o' })).toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
    expect(await client.ask('join', { share_id: 'shr_2' })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    expect(await client.ask('join', { share_id: 'shr_1', cursor: 'nonsense' })).toMatchObject({ ok: false, error: { code: 'CURSOR_INVALID' } });
    expect(client.socket.connected).toBe(true);
  });

  it('when an event is acknowledged over the socket, then the feed shows it', async () => {
    const { member, call } = await madeTenant(api, 'io');
    const client = connect({ token: member });
    await client.ask('join', { share_id: 'shr_1' });
    await call('/api/v1/events', { method: 'POST', json: { event_type: 'file.download', share_id: 'shr_1', user_id: 'usr_x', resource_type: 'file', resource_id: 'f' } });
    const { data } = (await eventOf(client, 'frame')) as { data: { event_id: string } };

    expect(await client.ask('ack', { event_id: data.event_id })).toEqual({ ok: true });
    expect((await call(`/current/event/${data.event_id}/details/`, { token: member })).body.response.event.acknowledged).toBe(true);
    expect(await client.ask('ack', { event_id: 'evt_none' })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  it('when membership is taken away, then the room is revoked; when the user is suspended, then the session', async () => {
    const { member, removeMember, suspendMember, write } = await madeTenant(api, 'io');
    const client = connect({ token: member });
    await client.ask('join', { share_id: 'shr_1' });
    await removeMember();
    await write(['late']);
    expect(await eventOf(client, 'room_revoked')).toEqual({ share_id: 'shr_1' });
    expect(client.socket.connected).toBe(true);
    await suspendMember();
    expect(await eventOf(client, 'session_revoked')).toMatchObject({ code: 4401 });
    await eventOf(client, 'disconnect');
    expect(client.events.some(({ name }) => name === 'frame')).toBe(false);
  });

  it('when others come and go, then presence tells, also to who came later', async () => {
    const { member, admin } = await madeTenant(api, 'io');
    const first = connect({ token: member });
    await first.ask('join', { share_id: 'shr_1' });
    expect(await eventOf(first, 'presence')).toEqual({ share_id: 'shr_1', users: ['usr_m'] });
    const second = connect({ token: admin });
    await second.ask('join', { share_id: 'shr_1' });

    expect(await eventOf(first, 'presence', ({ joined }) => joined !== undefined)).toEqual({ share_id: 'shr_1', users: ['admin', 'usr_m'], joined: ['admin'] });
    expect(await eventOf(second, 'presence')).toMatchObject({ users: ['admin', 'usr_m'] });
    second.socket.disconnect();
    expect(await eventOf(first, 'presence', ({ left }) => left !== undefined)).toEqual({ share_id: 'shr_1', users: ['usr_m'], left: ['admin'] });
  });
});

describe('asking to be let in', () => {
  /** As the protocol writes it: 40 is CONNECT, 44 its refusal. */
  function transport(): { readonly socket: WebSocket; readonly packets: string[]; readonly closed: Promise<unknown> } {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    const packets: string[] = [];
    socket.on('message', (data: Buffer) => packets.push(data.toString()));
    return { socket, packets, closed: once(socket, 'close') };
  }

  it('when the namespace of the library itself is asked for, then nobody is let in', async () => {
    const { member } = await madeTenant(api, 'io');
    const { socket, packets } = transport();
    await once(socket, 'open');
    socket.send(`40${JSON.stringify({ token: member })}`);
    await eventually(() => packets.some((packet) => packet.startsWith('4')));

    expect(packets.filter((packet) => packet.startsWith('4'))).toEqual(['44{"message":"NOT_FOUND"}']);
    socket.terminate();
  });

  it.each(['40', '40/realtime,', '40/nowhere,', '40/realtime?a=b,'])('when %s is sent 500 times without a token that counts, then a few are answered and the transport is closed', async (packet) => {
    const { socket, packets, closed } = transport();
    await once(socket, 'open');
    for (let index = 0; index < 500; index += 1) socket.send(`${packet}{"token":"nonsense"}`);
    await closed;

    expect(packets.filter((one) => one.startsWith('44')).length).toBeLessThanOrEqual(5);
  });

  it('when each is refused before the next one is sent, then the transport is closed after the fifth', async () => {
    const { socket, packets, closed } = transport();
    await once(socket, 'open');
    for (let index = 0; index < 4; index += 1) {
      socket.send('40/realtime,{"token":"nonsense"}');
      await eventually(() => packets.filter((one) => one.startsWith('44')).length === index + 1);
    }
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.send('40/realtime,{"token":"nonsense"}');
    await closed;
  });
});
