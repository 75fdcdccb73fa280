// Every live door, with the token of one tenant and what belongs to another: its ids, cursors, tickets, tokens of one room; and who only listens hears nothing of it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { eventually } from '../harness/eventually.ts';
import { doors } from '../realtime/doors.ts';
import { startLiveApi } from '../realtime/live-api.ts';
import type { LiveApi } from '../realtime/live-api.ts';
import { madeTenant } from '../realtime/made-tenant.ts';
import type { MadeTenant } from '../realtime/made-tenant.ts';
import { syncDoor } from '../realtime/sync-door.ts';

let api: LiveApi;
let victim: MadeTenant;
let attacker: MadeTenant;
/** Of the victim; made before the attacker tries anything. */
let cursor = '';
let eventId = '';
const open: (() => void)[] = [];

beforeAll(async () => {
  api = await startLiveApi({ limits: { sweepMs: 50 } });
  // Both use the same ids, but for those that only the victim has.
  victim = await madeTenant(api, 'victim');
  attacker = await madeTenant(api, 'attacker');
  const put = (path: string, json: unknown) => victim.call(`/api/v1/directory/${path}`, { method: 'PUT', json });
  await put('profiles/org_secret', { type: 'org', name: 'Secret' });
  await put('profiles/wsp_secret', { type: 'workspace', name: 'Secret', parent_id: 'org_secret' });
  await put('profiles/shr_secret', { type: 'share', name: 'Secret', parent_id: 'wsp_secret' });
  await victim.call('/api/v1/sync/devices', { method: 'POST', json: { device_id: 'dev_secret', device_name: 'L', platform: 'linux', client_version: '1' }, token: victim.member });
  // Ahead of where the attacker's own log is, and within it: a cursor is refused for whose it is, not for where it points.
  await attacker.write(Array.from({ length: 30 }, (_, index) => `own${String(index)}`));
  const { body } = await victim.call('/api/v1/events', { method: 'POST', json: { event_type: 'file.create', share_id: 'shr_1' } });
  eventId = String(body.results[0].id);
  cursor = String((await victim.call('/api/v1/sync/changes', {})).body.cursor);
}, 60_000);
afterEach(() => {
  for (const close of open.splice(0)) close();
});
afterAll(async () => {
  await api.end();
});

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

async function ask(token: string, name: string, payload: unknown): Promise<Answer> {
  const socket = io(`${api.url}/realtime`, { path: '/socket.io/', transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true });
  open.push(() => socket.disconnect());
  return (await socket.timeout(10_000).emitWithAck(name, payload)) as Answer;
}

interface Ended {
  readonly code: number;
  readonly frames: readonly Record<string, unknown>[];
}

/** Until the door closes it, or says what is waited for. */
function speak(path: string, { hello, until = () => false }: { readonly hello?: unknown; readonly until?: (frame: Record<string, unknown>) => boolean } = {}): Promise<Ended> {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}${path}`);
  open.push(() => {
    socket.terminate();
  });
  const frames: Record<string, unknown>[] = [];
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('open', () => {
      if (hello !== undefined) socket.send(JSON.stringify(hello));
    });
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Record<string, unknown>;
      frames.push(frame);
      if (until(frame)) resolve({ code: 0, frames });
    });
    socket.on('close', (code) => {
      resolve({ code, frames });
    });
  });
}

const codeIn = (frame: Record<string, unknown> | undefined): unknown => (frame?.['error'] as { code?: string } | undefined)?.code;

describe('Socket.IO', () => {
  it.each(['share', 'workspace', 'org'])('when the %s of another tenant is joined, then it is as if it never was', async (type) => {
    const prefix = { share: 'shr', workspace: 'wsp', org: 'org' }[type] ?? '';
    const theirs = await ask(attacker.admin, 'join', { [`${type}_id`]: `${prefix}_secret` });
    const never = await ask(attacker.admin, 'join', { [`${type}_id`]: `${prefix}_never` });

    expect(theirs).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    expect(theirs).toEqual(never);
    expect(await ask(victim.admin, 'join', { [`${type}_id`]: `${prefix}_secret` })).toMatchObject({ ok: true });
  });

  it('when their cursor is brought, to a room of one’s own or to the audit log, then it is refused', async () => {
    expect(await ask(attacker.member, 'join', { share_id: 'shr_1', cursor })).toMatchObject({ ok: false, error: { code: 'CURSOR_INVALID' } });
    expect(await ask(attacker.member, 'join', { audit: true, cursor })).toMatchObject({ ok: false, error: { code: 'CURSOR_INVALID' } });
    expect(await ask(victim.member, 'join', { share_id: 'shr_1', cursor })).toMatchObject({ ok: true });
  });

  it('when their event is acknowledged, then it is unknown, and stays as it was', async () => {
    expect(await ask(attacker.admin, 'ack', { event_id: eventId })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    expect((await victim.call(`/current/event/${eventId}/details/`, { token: victim.member })).body.response.event.acknowledged).toBe(false);
    expect(await ask(victim.member, 'ack', { event_id: eventId })).toMatchObject({ ok: true });
  });
});

describe('the raw sockets', () => {
  it('when a UI subscribes to their share, then it is as if it never was; with their cursor, it is refused', async () => {
    const path = `/api/v1/realtime/ws?token=${attacker.admin}`;
    const until = ({ type }: Record<string, unknown>) => type === 'error' || type === 'subscribed';
    const codes: unknown[] = [];
    for (const hello of [{ share_id: 'shr_secret' }, { share_id: 'shr_never' }, { share_id: 'shr_1', cursor }]) {
      const { frames } = await speak(path, { hello: { action: 'subscribe', ...hello }, until });
      codes.push(codeIn(frames.at(-1)));
    }

    expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND', 'CURSOR_INVALID']);
  });

  it('when a sync client brings their cursor, then it is closed with 4400; with the id of their device, their own connection stays and hears its own', async () => {
    expect(await speak(`/api/v1/sync/ws/dev_1?token=${attacker.member}&cursor=${cursor}`)).toMatchObject({ code: 4400 });
    const theirs = await syncDoor.connect({ url: api.url, token: victim.member, device: 'dev_secret' }, victim);
    const same = await syncDoor.connect({ url: api.url, token: attacker.member, device: 'dev_secret' }, attacker);
    await attacker.write(['of the attacker']);
    await victim.write(['of the victim']);
    await eventually(() => theirs.ids.length === 1 && same.ids.length === 1);

    expect([theirs.isEnded, theirs.ids, same.ids]).toEqual([false, ['of the victim'], ['of the attacker']]);
    for (const client of [theirs, same]) client.drop();
  });

  it('when the activity of their profile is asked for, then neither token nor ticket opens it; with their cursor, it is closed with 4400', async () => {
    const { status, body } = await attacker.call('/current/websocket/auth/shr_secret');
    expect([status, body.error.code]).toEqual([400, 1605]);
    const ticket = async (profile: string) => String((await attacker.call('/api/v1/auth/tickets', { method: 'POST', json: { profile_id: profile } })).body.ticket);
    expect(await speak(`/api/websocket/?ticket=${await ticket('shr_secret')}`)).toMatchObject({ code: 4403, frames: [] });
    expect(await speak(`/api/websocket/?ticket=${await ticket('shr_never')}`)).toMatchObject({ code: 4403, frames: [] });
    const closed = await speak(`/api/websocket/?ticket=${await ticket('shr_1')}&cursor=${cursor}`);
    expect([closed.code, codeIn(closed.frames[0])]).toEqual([4400, 'CURSOR_INVALID']);
  });
});

describe('server-sent events', () => {
  it('when their cursor is brought, by header or by query, then it is refused', async () => {
    const ask = (query: string, headers: Readonly<Record<string, string>>) => fetch(`${api.url}/api/events${query}`, { headers: { authorization: `Bearer ${attacker.member}`, ...headers } });
    for (const answer of [await ask('', { 'last-event-id': cursor }), await ask(`?cursor=${cursor}`, {})]) {
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'CURSOR_INVALID']);
    }
  });
});

describe('tickets', () => {
  it('when theirs is brought under one’s own tenant, then it opens nothing, and still opens what it is for', async () => {
    const { body } = await victim.call('/api/v1/auth/tickets', { method: 'POST', json: {}, token: victim.member });
    const ticket = String(body.ticket);
    const renamed = ticket.replace(victim.tenantId, attacker.tenantId);
    expect(renamed).not.toBe(ticket);

    expect(await speak(`/api/v1/realtime/ws?ticket=${renamed}`)).toMatchObject({ code: 4401, frames: [] });
    expect((await speak(`/api/v1/realtime/ws?ticket=${ticket}`, { until: ({ type }) => type === 'connected' })).frames).toHaveLength(1);
  });
});

describe('who only listens', () => {
  it.each(doors)('when the other tenant writes where the ids are the same, then a listener at $name hears nothing of it, and its own', async (door) => {
    const clients = await Promise.all([victim, attacker].map((tenant) => door.connect({ url: api.url, token: tenant.member, device: 'dev_listening' }, tenant)));
    await victim.write(['secret']);
    await attacker.write(['own']);
    await eventually(() => clients.every(({ ids }) => ids.length > 0));

    expect(clients.map(({ ids }) => ids)).toEqual([['secret'], ['own']]);
    for (const client of clients) client.drop();
  });
});
