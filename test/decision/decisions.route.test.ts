// External authorization decisions at their doors: every parameter, every field, the statistics, the errors, who may look.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

let api: TestApi;
const tenantId = 'decisions';

const base = { event_type: 'authz.permission_check' };
const sent = [
  {
    ...base, decision: 'permit', provider: 'openai', model: 'gpt-4', user_id: 'ann', request_id: 'req-1', ip_address: '203.0.113.7', event_time: '2026-01-01T12:00:00Z',
    details: {
      action: 'completion', api_key_id: 'key-1', user_key_id: 'uk-1', diagnostics: { reason: ['policy-7'], errors: [] }, estimated_cost: 0.5, actual_cost: 0.25,
      input_tokens: 100, output_tokens: 20, evaluation_time_ms: 3, total_time_ms: 900,
    },
  },
  { ...base, decision: 'forbid', provider: 'openai', model: 'gpt-5', user_id: 'ben', request_id: 'req-2', event_time: '2026-01-02T12:00:00Z', details: { evaluation_time_ms: 1, actual_cost: 'much' } },
  { ...base, decision: 'permit', provider: 'local', model: 'llama', user_id: 'ann', request_id: 'req-3', event_time: '2026-01-03T12:00:00Z', details: { actual_cost: 2, evaluation_time_ms: 2, api_key_id: 'key-2' } },
  { ...base, user_id: 'zoe', event_time: '2026-01-03T12:00:00Z' },
];

beforeAll(async () => {
  api = await startTestApi();
  await api.makeTenant(tenantId);
  const token = await tokenFor({ tenantId, scope: 'events:write' });
  const { status } = await api.call('/api/v1/events', { method: 'POST', token, json: { events: sent } });
  expect(status).toBe(201);
});
afterAll(async () => {
  await api.end();
});

async function get(path: string, scope = 'tenant:admin'): Promise<Answered> {
  return api.call(path, { token: await tokenFor({ tenantId, scope }) });
}

async function found(query: string): Promise<string[]> {
  const { status, body } = await get(`/api/audit?${query}`);
  expect(status).toBe(200);
  expect(body.count).toBe(body.data.length);
  return body.data.map(({ request_id }: { request_id: string }) => request_id);
}

describe('GET /api/audit', () => {
  it('when listed, then a row has exactly the fields of the contract', async () => {
    const { body } = await get('/api/audit?search=req-1');
    expect(body).toEqual({
      count: 1,
      total: 1,
      data: [
        {
          id: 2, request_id: 'req-1', auth_id: 'ann', api_key_id: 'key-1', user_key_id: 'uk-1', provider: 'openai', model: 'gpt-4', action: 'completion', decision: 'permit',
          diagnostics: { reason: ['policy-7'], errors: [] }, estimated_cost: 0.5, actual_cost: 0.25, input_tokens: 100, output_tokens: 20,
          request_time: '2026-01-01T12:00:00Z', evaluation_time_ms: 3, total_time_ms: 900, ip_address: '203.0.113.7', created_at: expect.stringMatching(/Z$/),
        },
      ],
    });
  });

  it('when the details say little or nonsense, then the fields are there and null', async () => {
    const { body } = await get('/api/audit?search=req-2');
    expect(body.data[0]).toMatchObject({ action: 'permission_check', api_key_id: null, actual_cost: null, diagnostics: { reason: [], errors: [] }, decision: 'forbid' });
  });

  it('when asked without parameters, then only entries with a decision are listed, the newest first, ten at most', async () => {
    expect(await found('')).toEqual(['req-3', 'req-2', 'req-1']);
    await api.makeTenant('many');
    const token = await tokenFor({ tenantId: 'many', scope: 'tenant:admin' });
    await api.call('/api/v1/events', { method: 'POST', token, json: { events: Array.from({ length: 12 }, () => sent[0]) } });
    expect((await api.call('/api/audit', { token })).body).toMatchObject({ count: 10, total: 12 });
    expect((await api.call('/api/audit?offset=10', { token })).body).toMatchObject({ count: 2, total: 12 });
  });

  it.each([
    ['authId=ann', ['req-3', 'req-1']],
    ['apiKeyId=key-2', ['req-3']],
    ['provider=openai', ['req-2', 'req-1']],
    ['model=llama', ['req-3']],
    ['decision=permit', ['req-3', 'req-1']],
    ['decision=forbid', ['req-2']],
    ['startDate=2026-01-02', ['req-3', 'req-2']],
    ['endDate=2026-01-02', ['req-2', 'req-1']],
    ['startDate=2026-01-02T12:00:00Z&endDate=2026-01-02T12:00:00Z', ['req-2']],
    ['search=GPT', ['req-2', 'req-1']],
    ['search=ben', ['req-2']],
    ['search=openai', []],
    ['search=_', []],
    ['provider=openai&decision=permit', ['req-1']],
    ['limit=1&offset=1', ['req-2']],
    ['sortBy=spend&sortOrder=desc', ['req-3', 'req-1', 'req-2']],
    ['sortBy=auth_duration_ms&sortOrder=asc', ['req-2', 'req-3', 'req-1']],
    ['sortBy=request_timestamp&sortOrder=asc', ['req-1', 'req-2', 'req-3']],
    ['sortBy=auth_id&sortOrder=desc', ['req-2', 'req-3', 'req-1']],
    ['sortBy=provider&sortOrder=asc', ['req-3', 'req-1', 'req-2']],
    ['sortBy=model&sortOrder=asc', ['req-1', 'req-2', 'req-3']],
    ['sortBy=decision&sortOrder=asc', ['req-2', 'req-1', 'req-3']],
    ['sortBy=request_id&sortOrder=asc', ['req-1', 'req-2', 'req-3']],
    ['sortBy=no_such_column', ['req-3', 'req-2', 'req-1']],
  ])('when asked with %s, then exactly those come, in that order', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it.each(['decision=Deny', 'limit=x', 'limit=1001', 'offset=-1', 'sortOrder=up', 'startDate=now', 'unknown=1'])('when asked with %s, then it is 400', async (query) => {
    expect(await get(`/api/audit?${query}`)).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });

  it('when the month is far back, then the row is found all the same', async () => {
    expect(await found('startDate=2025-12-31T23:59:59.999999Z&endDate=2026-01-01')).toEqual(['req-1']);
  });
});

describe('GET /api/audit/statistics', () => {
  it('when asked, then all is counted, by provider and by model', async () => {
    expect((await get('/api/audit/statistics')).body).toEqual({
      data: {
        totalRequests: 3, allowedRequests: 2, deniedRequests: 1, totalCost: 2.25,
        byProvider: { openai: 2, local: 1 }, byModel: { 'gpt-4': 1, 'gpt-5': 1, llama: 1 },
      },
    });
  });

  it('when asked of a stretch of time, then only that is counted, and nothing is zero', async () => {
    expect((await get('/api/audit/statistics?startDate=2026-01-03')).body.data).toMatchObject({ totalRequests: 1, totalCost: 2, byProvider: { local: 1 } });
    expect((await get('/api/audit/statistics?endDate=2025-01-01')).body.data).toEqual({
      totalRequests: 0, allowedRequests: 0, deniedRequests: 0, totalCost: 0, byProvider: {}, byModel: {},
    });
  });
});

describe('the doors of decisions', () => {
  it.each(['/api/audit', '/api/audit/statistics'])('when %s is asked, then scope decides, and the look is recorded', async (path) => {
    for (const [scope, expected] of [['audit:read', 200], ['admin:*', 200], ['*', 200], ['compliance:manage', 403], ['events:write', 403], ['', 403]] as const) {
      expect([scope, (await get(path, scope)).status]).toEqual([scope, expected]);
    }
    const action = path === '/api/audit' ? 'view_audit' : 'view_stats';
    const { body } = await get(`/api/internal-audit-logs?action=${action}`);
    expect(body.items.filter(({ outcome_status: status }: { outcome_status: string }) => status === 'denied_before_action').length).toBeGreaterThanOrEqual(3);
    expect(body.items.filter(({ outcome_status: status }: { outcome_status: string }) => status === 'success').length).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['/api/audit', 'AUDIT_QUERY_ERROR'],
    ['/api/audit/statistics', 'AUDIT_STATS_ERROR'],
  ])('when %s fails, then the code is %s; without a token it is 401', async (path, code) => {
    const { pool } = api.world;
    const breaks = new Proxy(pool, { get: (target, name) => (name === 'connect' ? () => Promise.reject(new Error('made to fail')) : (Reflect.get(target, name) as unknown)) });
    Object.assign(api.world, { pool: breaks });
    try {
      expect(await get(path)).toMatchObject({ status: 500, body: { code } });
    } finally {
      Object.assign(api.world, { pool });
    }
    const answer = await fetch(`${api.url}${path}`);
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'Admin authentication required', code: 'ADMIN_AUTH_REQUIRED' }]);
  });

  it('when a path of this dialect is not there, then it says so in its words', async () => {
    expect(await get('/api/audit/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('when the process is asked whether it lives, then both paths say so, with a session that stays', async () => {
    const answers = await Promise.all(['/health', '/api/health'].map(async (path) => (await fetch(`${api.url}${path}`)).json() as Promise<Record<string, unknown>>));
    for (const answer of answers)
      expect(answer).toEqual({ status: 'ok', timestamp: expect.stringMatching(/^\d{4}-.*Z$/), sessionId: expect.stringMatching(/^session-\d+-[a-z0-9]{7}$/) });
    expect(answers[0]?.['sessionId']).toBe(answers[1]?.['sessionId']);
  });
});
