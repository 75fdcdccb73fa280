// What the raw doors of v1 say, field by field, and how they end connections.
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { tokenFor } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import { frameOf, openRaw } from './raw-client.ts';
import type { Frame, Spoken } from './raw-client.ts';

let api: LiveApi;
beforeAll(async () => {
  api = await startLiveApi({ limits: { sweepMs: 20, pingMs: 60 }, allowedOrigins: ['https://console.example.org'] });
});
afterAll(async () => {
  await api.end();
});

const open = (path: string, headers: Record<string, string> = {}): Spoken => openRaw(api.url, path, headers);

const file = (id: string, type: string, more: Frame = {}) => ({
  event_type: 'file.update', share_id: 'shr_1', workspace_id: 'wsp_1', user_id: 'usr_x', resource_type: 'file', resource_id: id, resource_name: 'spec.pdf', change: { change_type: type, new_path: '/a/spec.pdf', ...more },
});

describe('ws /api/v1/realtime/ws', () => {
  it('when the printed client subscribes, then it is greeted, confirmed and shown whole resources', async () => {
    const { member, call } = await madeTenant(api, 'ui');
    const talk = open(`/api/v1/realtime/ws?token=${member}`);
    await once(talk.socket, 'open');
    talk.say({ action: 'subscribe', share_id: 'shr_1' });
    await frameOf(talk, ({ type }) => type === 'subscribed');
    const events = [
      file('fil_1', 'created', { metadata: { size: 5, mime_type: 'application/pdf' } }),
      file('fil_1', 'updated', { metadata: { size: 6 }, version_id: 'ver_2' }),
      { ...file('fil_1', 'renamed', { old_path: '/a/spec.pdf', new_path: '/a/new.pdf' }) },
      file('fil_1', 'deleted'),
      { ...file('fld_1', 'created'), resource_type: 'folder' },
      { ...file('fld_1', 'updated'), resource_type: 'folder' },
      { ...file('fld_1', 'deleted'), resource_type: 'folder' },
    ];
    await call('/api/v1/events', { method: 'POST', json: { events } });
    talk.say({ action: 'ping' });
    await frameOf(talk, ({ type }) => type === 'folder_deleted');

    expect(talk.frames[0]).toMatchObject({ type: 'connected', user_id: 'usr_m', timestamp: expect.stringMatching(/Z$/) });
    expect(talk.frames.map(({ type }) => type).filter((type) => type !== 'pong')).toEqual([
      'connected', 'subscribed', 'file_created', 'file_updated', 'file_updated', 'file_deleted', 'folder_created', 'folder_deleted',
    ]);
    const updated = talk.frames.filter(({ type }) => type === 'file_updated');
    expect(updated[0]).toMatchObject({
      share_id: 'shr_1',
      data: { file_id: 'fil_1', share_id: 'shr_1', name: 'spec.pdf', path: '/a/spec.pdf', version_id: 'ver_2', change_type: 'updated', old_path: null, changed_by: 'usr_x', changed_at: expect.any(String), size: 6, mime_type: 'application/pdf' },
    });
    expect(updated[1]).toMatchObject({ data: { change_type: 'renamed', old_path: '/a/spec.pdf', size: 6, mime_type: 'application/pdf' } });
    expect((await frameOf(talk, ({ type }) => type === 'file_deleted'))['data']).toEqual({ file_id: 'fil_1' });
    talk.say({ action: 'unsubscribe', share_id: 'shr_1' });
    expect(await frameOf(talk, ({ type }) => type === 'unsubscribed')).toEqual({ type: 'unsubscribed', share_id: 'shr_1' });
    talk.socket.terminate();
  });

  it('when a share is refused, then it is told and the connection stays; when one is lost, then the room is revoked', async () => {
    const { member, removeMember, write } = await madeTenant(api, 'ui');
    const talk = open(`/api/v1/realtime/ws?token=${member}`);
    await once(talk.socket, 'open');
    talk.say({ action: 'subscribe', share_id: 'shr_2' });
    talk.say({ action: 'subscribe', share_id: 'shr_1' });
    await frameOf(talk, ({ type }) => type === 'subscribed');
    await removeMember();
    await write(['late']);

    expect(await frameOf(talk, ({ type }) => type === 'error')).toMatchObject({ share_id: 'shr_2', error: { code: 'NOT_FOUND' } });
    expect(await frameOf(talk, ({ type }) => type === 'room_revoked')).toEqual({ type: 'room_revoked', share_id: 'shr_1' });
    talk.say({ action: 'ping' });
    await frameOf(talk, ({ type }) => type === 'pong');
    expect(talk.frames.some(({ type }) => type === 'file_created')).toBe(false);
    talk.socket.terminate();
  });

  it.each([
    ['no token', ''],
    ['a wrong token', '?token=nonsense'],
    ['a wrong ticket', '?ticket=ui1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ])('when it comes with %s, then it is closed with 4401', async (_what, query) => {
    expect((await open(`/api/v1/realtime/ws${query}`).closed).code).toBe(4401);
  });

  it('when the token expires, then the connection ends with 4401', async () => {
    const { tenantId } = await madeTenant(api, 'ui');
    const token = await tokenFor({ tenantId, userId: 'usr_m', expiresIn: '1s' });

    expect((await open(`/api/v1/realtime/ws?token=${token}`).closed).code).toBe(4401);
  });

  it('when pings are not answered, then it is closed with 4408', async () => {
    const { member } = await madeTenant(api, 'ui');
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/api/v1/realtime/ws?token=${member}`, { autoPong: false });
    const [code] = (await once(socket, 'close')) as [number];

    expect(code).toBe(4408);
  });

  it('when too many messages come, then it is closed with 4429; when one is too large, then with 1009', async () => {
    const { member } = await madeTenant(api, 'ui');
    const loud = open(`/api/v1/realtime/ws?token=${member}`);
    await once(loud.socket, 'open');
    for (let index = 0; index < 400; index += 1) loud.say({ action: 'ping' });
    const large = open(`/api/v1/realtime/ws?token=${member}`);
    await once(large.socket, 'open');
    large.socket.send('x'.repeat(70_000));

    expect((await loud.closed).code).toBe(4429);
    expect((await large.closed).code).toBe(1009);
  });

  it('when the page is of another origin, then it is refused; one that is allowed, and our own, are not', async () => {
    const { member } = await madeTenant(api, 'ui');
    const path = `/api/v1/realtime/ws?token=${member}`;
    const stranger = open(path, { origin: 'https://evil.example.org' });
    const allowed = open(path, { origin: 'https://console.example.org' });
    const own = open(path, { origin: api.url });

    expect((await stranger.closed).code).toBe(1006);
    await Promise.all([once(allowed.socket, 'open'), once(own.socket, 'open')]);
    allowed.socket.terminate();
    own.socket.terminate();
  });

  it('when the cursor is none of ours, then the subscription is refused', async () => {
    const { member } = await madeTenant(api, 'ui');
    const talk = open(`/api/v1/realtime/ws?token=${member}&cursor=nonsense`);
    await once(talk.socket, 'open');
    talk.say({ action: 'subscribe', share_id: 'shr_1' });

    expect(await frameOf(talk, ({ type }) => type === 'error')).toMatchObject({ error: { code: 'CURSOR_INVALID' } });
    talk.socket.terminate();
  });
});

describe('ws /api/v1/sync/ws/{device_id}', () => {
  const device = { device_id: 'dev_1', device_name: 'd', platform: 'p', client_version: '1' };

  it('when it pings and subscribes, then both spellings of the answer are there', async () => {
    const { member } = await madeTenant(api, 'sync');
    const talk = open(`/api/v1/sync/ws/dev_1?token=${member}`);
    await once(talk.socket, 'open');
    talk.say({ type: 'ping' });
    talk.say({ type: 'subscribe' });

    expect(await frameOf(talk, ({ event_type: type }) => type === 'pong')).toEqual({ event_type: 'pong', type: 'pong' });
    expect(await frameOf(talk, ({ event_type: type }) => type === 'subscribed')).toMatchObject({ type: 'subscribed' });
    talk.socket.terminate();
  });

  it('when a preference changes or a full sync is asked for, then the device is nudged; one that was away once, when it comes', async () => {
    const { member, call } = await madeTenant(api, 'sync');
    await call('/api/v1/sync/devices', { method: 'POST', json: device, token: member });
    const talk = open(`/api/v1/sync/ws/dev_1?token=${member}`);
    await once(talk.socket, 'open');
    talk.say({ type: 'subscribe' });
    await frameOf(talk, ({ type }) => type === 'subscribed');
    await call('/api/v1/sync/preferences?share_id=shr_1&device_id=dev_1', { method: 'PUT', json: { mode: 'paused' }, token: member });
    await call('/api/v1/sync/force', { method: 'POST', json: { share_id: 'shr_1' } });
    expect(await frameOf(talk, ({ event_type: type }) => type === 'sync_preference_updated')).toMatchObject({ share_id: 'shr_1', device_id: 'dev_1' });
    expect(await frameOf(talk, ({ event_type: type }) => type === 'force_sync')).toMatchObject({ share_id: 'shr_1' });
    talk.socket.terminate();
    await talk.closed;
    await call('/api/v1/sync/force', { method: 'POST', json: { share_id: 'shr_1' } });
    await call('/api/v1/sync/force', { method: 'POST', json: { share_id: 'shr_2' } });

    const back = open(`/api/v1/sync/ws/dev_1?token=${member}`);
    await once(back.socket, 'open');
    back.say({ type: 'subscribe' });
    await frameOf(back, ({ type }) => type === 'subscribed');
    await frameOf(back, ({ event_type: type }) => type === 'force_sync');
    expect(back.frames.filter(({ event_type: type }) => type === 'force_sync').map(({ share_id: share }) => share)).toEqual(['shr_1']);
    back.socket.terminate();
    await back.closed;
    await eventually(async () => {
      const again = open(`/api/v1/sync/ws/dev_1?token=${member}`);
      await once(again.socket, 'open');
      again.say({ type: 'subscribe' });
      await frameOf(again, ({ type }) => type === 'subscribed');
      again.socket.terminate();
      return !again.frames.some(({ event_type: type }) => type === 'force_sync');
    });
  });

  it('when the device is another user’s, then it is closed with 4403; when it connects anew, then the older with 4409', async () => {
    const { tenantId, member, call } = await madeTenant(api, 'sync');
    await call('/api/v1/sync/devices', { method: 'POST', json: device, token: member });
    const other = await tokenFor({ tenantId, userId: 'usr_other', scope: 'tenant:admin' });
    expect((await open(`/api/v1/sync/ws/dev_1?token=${other}`).closed).code).toBe(4403);

    const older = open(`/api/v1/sync/ws/dev_1?token=${member}`);
    await once(older.socket, 'open');
    older.say({ type: 'ping' });
    await frameOf(older, ({ type }) => type === 'pong');
    const newer = open(`/api/v1/sync/ws/dev_1?token=${member}`);
    expect((await older.closed).code).toBe(4409);
    newer.socket.terminate();
  });
});

describe('a device id that nobody registered', () => {
  it('when two users carry the same one, then neither ends the other’s connection', async () => {
    const { member, admin } = await madeTenant(api, 'sync');
    const talks = [member, admin].map((token) => open(`/api/v1/sync/ws/dev_same?token=${token}`));
    await Promise.all(talks.map(({ socket }) => once(socket, 'open')));
    for (const talk of talks) {
      talk.say({ type: 'ping' });
      await frameOf(talk, ({ type }) => type === 'pong');
    }
    for (const talk of talks) talk.say({ type: 'subscribe' });
    for (const talk of talks) await frameOf(talk, ({ type }) => type === 'subscribed');

    for (const talk of talks) talk.socket.terminate();
  });
});
