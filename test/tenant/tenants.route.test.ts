// Guards the making of tenants: complete with its log and first entry, once, and only by those who may.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { openDirectoryApi } from '../directory/directory-api.ts';
import type { DirectoryApi } from '../directory/directory-api.ts';

let api: DirectoryApi;
beforeAll(async () => {
  api = await openDirectoryApi();
});
afterAll(() => api.close());

const operator = { scope: 'admin:*', sub: 'operator' };

interface FirstEntry {
  readonly seq: string;
  readonly event_type: string;
  readonly event: string;
  readonly own_action: string;
  readonly user_id: string | null;
  readonly resource_id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

function logOf(tenantId: string): Promise<FirstEntry[]> {
  return queryAs(api.store.pool, tenantId, {
    text: 'SELECT seq, event_type, event, own_action, user_id, resource_id, details FROM entry WHERE tenant_id = $1 ORDER BY seq',
    values: [tenantId],
  });
}

describe('PUT /api/v1/admin/tenants/{tenant_id}', () => {
  it('when the tenant is new, then it is 201, with its log and its first entry', async () => {
    const home = await api.tenant();
    const id = `new-${home.tenantId}`;

    expect(await home.call('PUT', `/admin/tenants/${id}`, { body: { name: 'New' }, claims: operator })).toEqual({
      status: 201,
      body: { id, name: 'New', created_at: expect.any(String) },
    });

    expect(await logOf(id)).toEqual([
      {
        seq: '1',
        event_type: 'admin.tenant_create',
        event: 'admin_tenant_create',
        own_action: 'create_tenant',
        user_id: null,
        resource_id: id,
        details: {
          name: 'New',
          operator: { tenant_id: home.tenantId, user_id: 'operator', email: null, name: null, service_account: null },
        },
      },
    ]);
    const [log] = await queryAs<{ last_seq: string; epoch: string }>(api.store.pool, id, {
      text: 'SELECT last_seq, epoch FROM tenant_log',
    });
    expect(log).toEqual({ last_seq: '1', epoch: expect.stringMatching(/^[A-Za-z0-9_-]{8}$/) });
    expect((await home.call('GET', '/directory/users', { claims: { tenant_id: id } })).status).toBe(200);
  });

  it('when it is there already, then it is 200 and nothing is written, and only another name is an entry', async () => {
    const home = await api.tenant();
    const id = `twice-${home.tenantId}`;
    const put = (body?: unknown) => home.call('PUT', `/admin/tenants/${id}`, { body, claims: operator });

    expect(await put()).toMatchObject({ status: 201, body: { name: id } });
    expect(await put()).toMatchObject({ status: 200, body: { name: id } });
    expect(await put({})).toMatchObject({ status: 200, body: { name: id } });
    expect(await put({ name: id })).toMatchObject({ status: 200, body: { name: id } });
    expect(await put({ name: 'Another' })).toMatchObject({ status: 200, body: { name: 'Another' } });
    expect(await put({})).toMatchObject({ status: 200, body: { name: 'Another' } });

    expect((await logOf(id)).map(({ event_type, details }) => ({ event_type, after: details['after'] }))).toEqual([
      { event_type: 'admin.tenant_create', after: undefined },
      { event_type: 'admin.tenant_update', after: { name: 'Another' } },
    ]);
  });

  it('when an operator renames their own tenant, then the entry names them as its user', async () => {
    const home = await api.tenant();
    await home.call('PUT', `/admin/tenants/${home.tenantId}`, { body: { name: 'Mine' }, claims: operator });
    expect((await logOf(home.tenantId)).at(-1)).toMatchObject({
      user_id: 'operator',
      details: { before: { name: home.tenantId }, after: { name: 'Mine' } },
    });
  });

  it('when many make the same tenant at once, then it is made once', async () => {
    const id = `race-${String(process.pid)}-${(await api.tenant()).tenantId}`;
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => createTenant(api.world, { tenantId: id, operator: null, requestId: null })),
    );
    expect(answers.filter((one) => 'created' in one && one.created)).toHaveLength(1);
    expect(await logOf(id)).toHaveLength(1);
  });

  it.each(['_system', 'a.b', 'x'.repeat(65)])('when the id is %s, then it is 422', async (id) => {
    const home = await api.tenant();
    expect(await home.call('PUT', `/admin/tenants/${id}`, { body: {}, claims: operator })).toMatchObject({
      status: 422,
      body: { error: { details: { fields: [{ field: 'tenant_id' }] } } },
    });
  });

  it('when the body is not right, then it is 422', async () => {
    const home = await api.tenant();
    for (const body of [{ name: '' }, { name: 7 }, { title: 'x' }])
      expect((await home.call('PUT', '/admin/tenants/other', { body, claims: operator })).status).toBe(422);
  });

  it('when the token is no operator’s, then it is 403 for every call', async () => {
    const home = await api.tenant();
    for (const claims of [
      { scope: 'tenant:admin' },
      { scope: 'events:write' },
      { scope: undefined },
      { ...operator, entities: ['org:o'] },
    ]) {
      expect((await home.call('PUT', '/admin/tenants/other', { body: {}, claims })).status).toBe(403);
      expect((await home.call('GET', '/admin/tenants', { claims })).status).toBe(403);
      expect((await home.call('GET', `/admin/tenants/${home.tenantId}`, { claims })).status).toBe(403);
    }
  });

  it('when the token’s own tenant does not exist, then it is 401', async () => {
    const home = await api.tenant();
    expect(await home.call('PUT', '/admin/tenants/nowhere', { body: {}, claims: { ...operator, tenant_id: 'nowhere' } })).toMatchObject({
      status: 401,
      body: { error: { code: 'TENANT_UNKNOWN' } },
    });
  });
});

describe('GET /api/v1/admin/tenants', () => {
  it('when an operator lists, then every tenant comes once, page by page', async () => {
    const made = [await api.tenant(), await api.tenant(), await api.tenant()];
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await (made[0] as (typeof made)[number]).get(`/admin/tenants?limit=2${cursor}`, operator);
      seen.push(...(body?.['tenants'] as { id: string }[]).map(({ id }) => id));
      if (body?.['has_more'] === false) break;
      cursor = `&cursor=${String(body?.['cursor'])}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made.map(({ tenantId }) => tenantId)));
  });

  it('when there is no such tenant, then it is 404', async () => {
    const home = await api.tenant();
    expect((await home.get(`/admin/tenants/${home.tenantId}`, operator)).body).toMatchObject({ id: home.tenantId });
    expect((await home.get('/admin/tenants/nowhere', operator)).status).toBe(404);
  });
});
