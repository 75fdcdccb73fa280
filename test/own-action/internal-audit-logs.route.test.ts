// The internal log at its door: every parameter, every field, every error body, and who may look.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { OwnAction } from '../../domain/journal/own-entry.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

let api: TestApi;
const tenantId = 'internal';
const day = (date: number) => Date.UTC(2026, 0, date, 12);

const actor = (userId: string, role = 'admin', authMs = 1) => ({
  userId, email: null, name: null, serviceAccount: null, sessionId: 's',
  origin: { method: 'POST', path: `/by/${userId}`, ipAddress: '203.0.113.7', userAgent: 'curl', role, authMs, actionMs: authMs * 10 },
});

const actions: Omit<OwnAction, 'id'>[] = [
  { nowMs: day(1), ownAction: 'update_config', actor: actor('ann', 'admin', 3), requestId: 'req_cfg', resourceType: 'config', resourceId: null },
  { nowMs: day(2), ownAction: 'create_legal_hold', actor: actor('ben', 'compliance_officer', 1), requestId: 'req_hold', resourceType: 'legal_hold', resourceId: 'hld_1' },
  {
    nowMs: day(3), ownAction: 'release_legal_hold', actor: actor('cat', 'auditor', 2), requestId: 'req_rel', resourceType: 'legal_hold', resourceId: 'hld_1',
    outcome: { outcome: 'denied', code: 'ACCESS_DENIED' },
  },
  {
    nowMs: day(4), ownAction: 'run_retention', actor: null, requestId: null, resourceType: 'retention_run', resourceId: 'run_1',
    outcome: { outcome: 'failure', code: 'RETENTION_RUN_ERROR' },
  },
];

beforeAll(async () => {
  api = await startTestApi();
  await api.makeTenant(tenantId);
  for (const action of actions) {
    await api.world.recorder.record(tenantId, ownEntry({ id: api.world.ids.next(), ...action }));
  }
});
afterAll(async () => {
  await api.end();
});

/** Those of the actions above; looking and making the tenant are entries too. */
const of = 'to=2026-01-31&';

async function get(query: string, scope = 'tenant:admin'): Promise<Answered> {
  return api.call(`/api/internal-audit-logs?${query}`, { token: await tokenFor({ tenantId, scope }) });
}

async function found(query: string): Promise<string[]> {
  const { status, body } = await get(of + query);
  expect(status).toBe(200);
  expect(body.total).toBe(body.items.length);
  return body.items.map(({ action }: { action: string }) => action);
}

describe('GET /api/internal-audit-logs', () => {
  it('when listed, then an item has exactly the fields of the contract, the newest first', async () => {
    const { status, body } = await get(of);
    expect(status).toBe(200);
    expect(Object.keys(body as object)).toEqual(['items', 'total']);
    expect(body.total).toBe(4);
    expect(body.items[3]).toEqual({
      id: 2,
      request_id: 'internal_req_cfg',
      dashboard_user_id: 'ann',
      dashboard_user_role: 'admin',
      action: 'update_config',
      resource_type: 'config',
      resource_id: 'global',
      decision: 'permit',
      outcome_status: 'success',
      outcome_code: 'CONFIG_UPDATED',
      request_method: 'POST',
      request_path: '/by/ann',
      request_timestamp: '2026-01-01T12:00:00Z',
      auth_duration_ms: 3,
      action_duration_ms: 30,
    });
    expect(body.items[1]).toMatchObject({ decision: 'forbid', outcome_status: 'denied_before_action', outcome_code: 'ACCESS_DENIED' });
    expect(body.items[0]).toMatchObject({ dashboard_user_id: null, request_id: null, request_method: null, decision: 'permit', outcome_status: 'failed' });
  });

  it.each([
    ['decision=forbid', ['release_legal_hold']],
    ['decision=permit', ['run_retention', 'create_legal_hold', 'update_config']],
    ['outcomeStatus=success', ['create_legal_hold', 'update_config']],
    ['outcomeStatus=failed', ['run_retention']],
    ['outcomeStatus=denied_before_action', ['release_legal_hold']],
    ['userId=ben', ['create_legal_hold']],
    ['action=update_config', ['update_config']],
    ['resourceType=legal_holds', ['release_legal_hold', 'create_legal_hold']],
    ['from=2026-01-02&to=2026-01-03', ['release_legal_hold', 'create_legal_hold']],
    ['from=2026-01-04T12:00:00Z', ['run_retention']],
    ['to=2026-01-01T12:00:00Z', ['update_config']],
    ['search=HLD_1', ['release_legal_hold', 'create_legal_hold']],
    ['search=global', ['update_config']],
    ['search=retention_runs', ['run_retention']],
    ['search=req_hold', ['create_legal_hold']],
    ['search=cat', ['release_legal_hold']],
    ['search=create_legal', ['create_legal_hold']],
    ['search=%25', []],
    ['resourceType=legal_holds&outcomeStatus=success', ['create_legal_hold']],
  ])('when asked with %s, then exactly those are found', async (query, expected) => {
    const asked = query.startsWith('from=2026-01-02') || query.startsWith('to=') ? (await get(query)).body.items.map(({ action }: { action: string }) => action) : await found(query);
    expect(asked).toEqual(expected);
  });

  it.each([
    ['request_timestamp', ['update_config', 'create_legal_hold', 'release_legal_hold', 'run_retention']],
    ['dashboard_user_id', ['update_config', 'create_legal_hold', 'release_legal_hold', 'run_retention']],
    ['action', ['create_legal_hold', 'release_legal_hold', 'run_retention', 'update_config']],
    ['resource_type', ['update_config', 'create_legal_hold', 'release_legal_hold', 'run_retention']],
    ['resource_id', ['update_config', 'create_legal_hold', 'release_legal_hold', 'run_retention']],
    ['decision', ['release_legal_hold', 'update_config', 'create_legal_hold', 'run_retention']],
    ['outcome_status', ['release_legal_hold', 'run_retention', 'update_config', 'create_legal_hold']],
    ['outcome_code', ['release_legal_hold', 'update_config', 'create_legal_hold', 'run_retention']],
    ['auth_duration_ms', ['create_legal_hold', 'release_legal_hold', 'update_config', 'run_retention']],
    ['action_duration_ms', ['create_legal_hold', 'release_legal_hold', 'update_config', 'run_retention']],
    ['request_id', ['update_config', 'create_legal_hold', 'release_legal_hold', 'run_retention']],
    ['no_such_column', ['update_config', 'create_legal_hold', 'release_legal_hold', 'run_retention']],
    ['constructor', ['update_config', 'create_legal_hold', 'release_legal_hold', 'run_retention']],
  ])('when sorted by %s, then the order is that of the column', async (sortBy, expected) => {
    expect(await found(`sortBy=${sortBy}&sortOrder=asc`)).toEqual(expected);
  });

  it('when paged, then pages follow each other, the total stays, and twenty are the default', async () => {
    const one = await get(`${of}limit=1&offset=1`);
    expect(one.body).toMatchObject({ total: 4, items: [{ action: 'release_legal_hold' }] });
    for (let index = 0; index < 20; index += 1) await get('limit=1');
    expect((await get('')).body.items).toHaveLength(20);
  });

  it('when looked at, then the next look shows the look', async () => {
    await get('', 'audit:read');
    const { body } = await get('action=view_internal_audit&limit=1');
    expect(body.items[0]).toMatchObject({
      action: 'view_internal_audit',
      resource_type: 'internal_audit',
      outcome_code: 'INTERNAL_AUDIT_VIEWED',
      dashboard_user_role: 'auditor',
      request_method: 'GET',
      request_path: '/api/internal-audit-logs',
      action_duration_ms: expect.any(Number),
    });
  });

  it.each(['decision=Deny', 'outcomeStatus=ok', 'limit=0', 'limit=1001', 'offset=-1', 'sortOrder=up', 'from=yesterday', 'to=2026-02-30', 'nonsense=1', 'action=a&action=b'])(
    'when asked with %s, then it is 400 in this dialect',
    async (query) => {
      const { status, body } = await get(query);
      expect([status, body.code, Object.keys(body as object).sort()]).toEqual([400, 'INVALID_REQUEST', ['code', 'error', 'requestId']]);
    },
  );

  it.each([
    ['tenant:admin', 200],
    ['audit:read', 200],
    ['admin:*', 200],
    ['*', 200],
    ['compliance:manage', 403],
    ['events:write', 403],
    ['', 403],
  ])('when the scope is "%s", then it is %i', async (scope, expected) => {
    const { status, body } = await get('', scope);
    expect(status).toBe(expected);
    if (status === 403) expect(body).toEqual({ error: 'Access denied', code: 'ACCESS_DENIED', reason: expect.stringContaining('audit:read') });
  });

  it('when the token is limited to entities, then it is 403', async () => {
    const token = await tokenFor({ tenantId, scope: 'tenant:admin', entities: ['org:o'] });
    expect((await api.call('/api/internal-audit-logs', { token })).status).toBe(403);
  });

  it('when there is no right token, then it is 401 with exactly the body that dashboards know', async () => {
    for (const headers of [{}, { authorization: 'Bearer nonsense' }]) {
      const answer = await fetch(`${api.url}/api/internal-audit-logs`, { headers });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual({ error: 'Admin authentication required', code: 'ADMIN_AUTH_REQUIRED' });
    }
  });

  it('when reading fails, then it is 500 with this route’s code', async () => {
    const { pool } = api.world;
    const breaks = new Proxy(pool, { get: (target, name) => (name === 'connect' ? () => Promise.reject(new Error('made to fail')) : (Reflect.get(target, name) as unknown)) });
    Object.assign(api.world, { pool: breaks });
    try {
      expect(await get('')).toMatchObject({ status: 500, body: { code: 'INTERNAL_AUDIT_QUERY_ERROR' } });
    } finally {
      Object.assign(api.world, { pool });
    }
  });

  it('when another tenant asks, then nothing of this one is shown', async () => {
    await api.makeTenant('elsewhere');
    const { body } = await api.call('/api/internal-audit-logs', { token: await tokenFor({ tenantId: 'elsewhere', scope: '*' }) });
    expect(body.items.map(({ action }: { action: string }) => action)).toEqual(['create_tenant']);
  });
});
