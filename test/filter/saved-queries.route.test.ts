// Saved queries: made, listed, shared, run, changed and deleted; and who may.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditTenant, shown } from '../audit/audit-tenant.ts';
import type { AuditTenant } from '../audit/audit-tenant.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';

let api: TestApi;
let tenant: AuditTenant;
let auditor: string;
let colleague: string;

beforeAll(async () => {
  api = await startTestApi();
  tenant = await auditTenant(api);
  auditor = await tokenFor({ tenantId: tenant.tenantId, userId: 'auditor', scope: 'audit:read' });
  colleague = await tokenFor({ tenantId: tenant.tenantId, userId: 'colleague', scope: 'audit:read' });
});
afterAll(async () => {
  await api.end();
});

const save = (json: unknown, token = auditor) => tenant.call('POST', '/saved-queries', { json, token });

describe('when a query is saved', () => {
  it('then it is shared unless it says otherwise, and runs as the search with the same filter', async () => {
    await tenant.send(
      { event_type: 'auth.login', outcome: 'failure', resource_type: 'user', resource_id: 'r1', ip_address: '203.0.113.7' },
      { event_type: 'auth.login', resource_type: 'user', resource_id: 'r2' },
      { event_type: 'auth.login', outcome: 'failure', resource_type: 'user', resource_id: 'r3', ip_address: '203.0.113.8' },
    );
    const { status, body } = await save({ name: 'Failed sign-ins', filter: { category: 'AUTHENTICATION', outcome: ['failure'], ip_address: ['203.0.113.0/24'] } });
    expect([status, body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^qry_/), name: 'Failed sign-ins', filter: { category: ['authentication'], outcome: ['failure'], ip_address: ['203.0.113.0/24'] }, shared: true,
        created_by: 'auditor', created_at: expect.any(String), updated_at: expect.any(String),
      },
    ]);
    const first = await tenant.get(`/saved-queries/${String(body.id)}/run?limit=1`, colleague);
    const second = await tenant.search(`category=authentication&outcome=failure&ip_address=203.0.113.0/24&limit=1&cursor=${String(first.body.cursor)}`, colleague);
    expect([...shown(first), ...shown(second)]).toEqual(['r3', 'r1']);
  });

  it('then one that is not shared is its maker’s alone', async () => {
    const { body } = await save({ name: 'mine', filter: {}, shared: false });
    const path = `/saved-queries/${String(body.id)}`;
    expect((await tenant.get(path, auditor)).status).toBe(200);
    for (const answer of [await tenant.get(path, colleague), await tenant.get(`${path}/run`, colleague), await tenant.call('DELETE', path, { token: colleague }), await tenant.get(path)])
      expect(answer.status).toBe(404);
    const names = async (token: string) => ((await tenant.get('/saved-queries', token)).body.saved_queries as { id: string }[]).map(({ id }) => id);
    expect(await names(auditor)).toContain(body.id);
    expect(await names(colleague)).not.toContain(body.id);
  });

  it('then its maker and whoever manages compliance may change and delete it, other auditors may not', async () => {
    const { body } = await save({ name: 'before', filter: { q: 'word' } });
    const path = `/saved-queries/${String(body.id)}`;
    const manager = await tokenFor({ tenantId: tenant.tenantId, userId: 'manager', scope: 'compliance:manage' });
    expect((await tenant.call('PATCH', path, { token: colleague, json: { name: 'x' } })).status).toBe(403);
    expect((await tenant.call('PATCH', path, { token: auditor, json: { name: 'after' } })).body).toMatchObject({ name: 'after', filter: { q: 'word' } });
    expect((await tenant.call('PATCH', path, { token: manager, json: { filter: { user_id: ['u'] } } })).body).toMatchObject({ name: 'after', filter: { user_id: ['u'] } });
    expect((await tenant.call('DELETE', path, { token: colleague })).status).toBe(403);
    expect((await tenant.call('DELETE', path, { token: auditor })).status).toBe(204);
    expect((await tenant.get(path, auditor)).status).toBe(404);
  });

  it('then each change is an entry, and a change of nothing is none', async () => {
    const { body } = await save({ name: 'told', filter: {} });
    const path = `/saved-queries/${String(body.id)}`;
    await tenant.call('PATCH', path, { token: auditor, json: { name: 'told' } });
    await tenant.call('PATCH', path, { token: auditor, json: { shared: false } });
    await tenant.call('DELETE', path, { token: auditor });
    const told = await tenant.search(`resource_type=saved_query&outcome=success&resource_id=${String(body.id)}&order=asc`);
    expect((told.body.events as { event_type: string }[]).map(({ event_type: type }) => type)).toEqual(['compliance.saved_query_create', 'compliance.saved_query_update', 'compliance.saved_query_delete']);
  });

  it.each([
    [{ filter: {} }, 'name'],
    [{ name: '', filter: {} }, 'name'],
    [{ name: 'x' }, 'filter'],
    [{ name: 'x', filter: { surprise: 1 } }, 'filter.surprise'],
    [{ name: 'x', filter: { user_id: [] } }, 'filter.user_id'],
    [{ name: 'x', filter: { q: 'ab' } }, 'filter.q'],
    [{ name: 'x', filter: { from: '2026-04-24T00:00:00Z', to: '2026-04-23T00:00:00Z' } }, 'filter.to'],
    [{ name: 'x', filter: { held: 'yes' } }, 'filter.held'],
  ])('then %j is refused and the field named', async (json, field) => {
    const { status, body } = await save(json);
    expect([status, body.error.details.fields[0].field]).toEqual([422, field]);
  });

  it('then another tenant does not see it', async () => {
    const other = await auditTenant(api);
    const { body } = await save({ name: 'ours', filter: {} });
    expect((await other.get(`/saved-queries/${String(body.id)}`)).status).toBe(404);
    expect((await other.get('/saved-queries')).body.saved_queries).toEqual([]);
  });
});
