// GET /api/events: who may listen, what an answer begins with, both types of events, names, resume and the end.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { tokenFor } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { listenToEvents } from './event-listener.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';

let api: LiveApi;
beforeAll(async () => {
  api = await startLiveApi({ limits: { sweepMs: 20, pingMs: 100 } });
});
afterAll(async () => {
  await api.end();
});

const listen = (query: string, headers?: Record<string, string>) => listenToEvents(api.url, query, headers);

describe('GET /api/events', () => {
  it('when the token is missing, wrong, or no administrator’s, then it is 401 with the one body', async () => {
    const { tenantId } = await madeTenant(api, 'sse');
    const plain = await tokenFor({ tenantId, userId: 'usr_m' });
    for (const query of ['', '?token=nonsense', `?token=${plain}`]) {
      const answer = await fetch(`${api.url}/api/events${query}`);
      expect([answer.status, await answer.json()]).toEqual([401, { error: 'Admin authentication required', code: 'ADMIN_AUTH_REQUIRED' }]);
    }
  });

  it.each(['header', 'query'])('when the token comes in the %s, then a stream begins with its place and a heartbeat keeps it', async (way) => {
    const { member } = await madeTenant(api, 'sse');
    const listened = way === 'header' ? await listen('', { authorization: `Bearer ${member}` }) : await listen(`?token=${member}`);

    expect(listened.answer.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache', connection: 'keep-alive' });
    await eventually(() => listened.text().includes('\n: heartbeat\n\n'));
    expect(listened.text()).toMatch(/^: SSE connection established\nid: \S+\n\n/);
    listened.close();
  });

  it('when decisions and admin actions are logged, then each comes in its words; looking at the log does not', async () => {
    const { member, admin, call } = await madeTenant(api, 'sse');
    const listened = await listen(`?token=${member}`);
    await call('/api/v1/events', { method: 'POST', json: { event_type: 'authz.permission_check', decision: 'forbid', provider: 'openai', model: 'gpt-4', request_id: 'req-456' } });
    await call('/api/internal-audit-logs', { token: admin });
    await call('/api/v1/directory/groups/grp_1', { method: 'PUT', json: { name: 'G', members: [] } });
    await eventually(() => listened.events().length >= 2);

    const [decision, action] = listened.events();
    expect(decision).toMatchObject({ name: undefined, id: expect.any(String), body: { type: 'audit_log_created' } });
    expect(decision?.body.data).toEqual({ auditLogId: expect.any(Number), requestId: 'req-456', timestamp: expect.any(String), decision: 'forbid', provider: 'openai', model: 'gpt-4' });
    expect(action?.body).toEqual({
      type: 'internal_audit_log_created',
      data: {
        internalAuditLogId: expect.any(Number), requestId: expect.stringMatching(/^internal_req_/), dashboardUserId: 'admin', action: 'create_group', resourceType: 'groups',
        resourceId: 'grp_1', outcomeStatus: 'success', outcomeCode: 'GROUP_CREATED', decision: 'permit',
      },
    });
    expect(listened.events()).toHaveLength(2);
    listened.close();
  });

  it('when names are asked for, then both ways of a common client hear what they are promised, and it resumes by itself', async () => {
    const { member, write } = await madeTenant(api, 'sse');
    const heard: string[] = [];
    const source = new EventSource(`${api.url}/api/events?named=1&token=${member}`);
    source.addEventListener('audit_log_created', (event) => heard.push((JSON.parse(String(event.data as unknown)) as { data: { requestId: string } }).data.requestId));
    const unnamed = new EventSource(`${api.url}/api/events?token=${member}`);
    const heardUnnamed: string[] = [];
    unnamed.onmessage = (event) => heardUnnamed.push((JSON.parse(String(event.data as unknown)) as { type: string }).type);
    await eventually(() => source.readyState === 1 && unnamed.readyState === 1, { limitMs: 15_000 });
    await write(['one', 'two']);
    await eventually(() => heard.length === 2 && heardUnnamed.length === 2);
    source.close();
    unnamed.close();

    expect(heard).toEqual(['one', 'two']);
    expect(heardUnnamed).toEqual(['audit_log_created', 'audit_log_created']);
  });

  it('when a cursor comes by header or by query, then what was missed comes first; a wrong one is refused', async () => {
    const { member, write } = await madeTenant(api, 'sse');
    const first = await listen(`?token=${member}`);
    await write(['one']);
    await eventually(() => first.events().length === 1);
    first.close();
    const cursor = first.events()[0]?.id ?? '';
    await write(['two']);
    const byHeader = await listen(`?token=${member}`, { 'last-event-id': cursor });
    const byQuery = await listen(`?token=${member}&cursor=${cursor}`);
    for (const one of [byHeader, byQuery]) {
      await eventually(() => one.events().length === 1);
      expect(one.events()[0]?.body.data.requestId).toBe('two');
      one.close();
    }

    expect((await fetch(`${api.url}/api/events?token=${member}&cursor=nonsense`)).status).toBe(400);
  });

  it('when clients leave, then nothing of them is left', async () => {
    const { member } = await madeTenant(api, 'sse');
    const before = api.doors.connectionCount;
    const all = await Promise.all(Array.from({ length: 5 }, () => listen(`?token=${member}`)));
    expect(api.doors.connectionCount).toBe(before + 5);
    for (const one of all) one.close();

    await eventually(() => api.doors.connectionCount === before);
  });
});
