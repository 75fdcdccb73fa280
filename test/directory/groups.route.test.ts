// Guards the groups of the directory at their door.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queryAs } from '../../db/tenant-transaction.ts';
import { openDirectoryApi } from './directory-api.ts';
import type { DirectoryApi, TenantApi } from './directory-api.ts';

let api: DirectoryApi;
beforeAll(async () => {
  api = await openDirectoryApi();
});
afterAll(() => api.close());

async function tenantWithUsers(...ids: string[]): Promise<TenantApi> {
  const tenant = await api.tenant();
  for (const id of ids) await tenant.put(`/directory/users/${id}`, { email: `${id}@example.com`, name: id });
  return tenant;
}

describe('PUT /api/v1/directory/groups/{id}', () => {
  it('when the group is new, then it is 201, with its members each once, and one entry', async () => {
    const tenant = await tenantWithUsers('u1', 'u2');

    const answered = await tenant.put('/directory/groups/grp_1', { name: 'Finance', members: ['u2', 'u1', 'u2'] });

    expect(answered).toEqual({
      status: 201,
      body: { id: 'grp_1', name: 'Finance', members: ['u1', 'u2'], created_at: expect.any(String), updated_at: expect.any(String) },
    });
    const log = await tenant.log();
    expect(log).toHaveLength(3);
    expect(log[2]).toMatchObject({
      own_action: 'create_group',
      event_type: 'admin.group_create',
      event: 'admin_group_create',
      target_user_id: null,
      resource_type: 'group',
      resource_id: 'grp_1',
      resource_name: 'Finance',
      details: { name: 'Finance', members_added: { count: 2, ids: ['u1', 'u2'] } },
    });
  });

  it('when the same members come in another order, then nothing is written', async () => {
    const tenant = await tenantWithUsers('u1', 'u2');
    await tenant.put('/directory/groups/grp_1', { name: 'Finance', members: ['u1', 'u2'] });

    expect((await tenant.put('/directory/groups/grp_1', { name: 'Finance', members: ['u2', 'u1'] })).status).toBe(200);
    expect(await tenant.log()).toHaveLength(3);
  });

  it('when members and the name change, then the members are replaced and one entry tells both', async () => {
    const tenant = await tenantWithUsers('u1', 'u2', 'u3');
    await tenant.put('/directory/groups/grp_1', { name: 'Finance', members: ['u1', 'u2'] });

    const answered = await tenant.put('/directory/groups/grp_1', { name: 'Money', members: ['u2', 'u3'] });

    expect(answered).toMatchObject({ status: 200, body: { name: 'Money', members: ['u2', 'u3'] } });
    expect((await tenant.get('/directory/users/u1')).body).toMatchObject({ groups: [] });
    const log = await tenant.log();
    expect(log).toHaveLength(5);
    expect(log[4]).toMatchObject({
      event_type: 'admin.group_update',
      details: {
        changed: ['name'],
        before: { name: 'Finance' },
        after: { name: 'Money' },
        members_added: { count: 1, ids: ['u3'] },
        members_removed: { count: 1, ids: ['u1'] },
      },
    });
  });

  it('when a member is unknown or closed, then it is 422, names each, and nothing is stored', async () => {
    const tenant = await tenantWithUsers('u1', 'u2');
    await tenant.remove('/directory/users/u2');

    const answered = await tenant.put('/directory/groups/grp_1', { name: 'Finance', members: ['u1', 'u2', 'u3'] });

    expect(answered).toMatchObject({
      status: 422,
      body: { error: { details: { fields: [{ field: 'members[1]' }, { field: 'members[2]' }] } } },
    });
    expect((await tenant.get('/directory/groups/grp_1')).status).toBe(404);
  });

  it('when the id is a user’s, then it is 409', async () => {
    const tenant = await tenantWithUsers('u1');
    expect((await tenant.put('/directory/groups/u1', { name: 'Finance', members: [] })).status).toBe(409);
  });

  it('when members are left out, then it is 422', async () => {
    const tenant = await tenantWithUsers();
    expect((await tenant.put('/directory/groups/grp_1', { name: 'Finance' })).status).toBe(422);
  });

  it('when a group is large, then its entry names some of the members and counts all', async () => {
    const tenant = await api.tenant();
    const ids = Array.from({ length: 500 }, (_, index) => `user-${String(index).padStart(4, '0')}`);
    await queryAs(api.store.pool, tenant.tenantId, {
      text: `INSERT INTO dir_user (tenant_id, id, email, name, status, created_at, updated_at)
        SELECT $1, id, id || '@example.com', id, 'active', now(), now() FROM unnest($2::text[]) AS id`,
      values: [tenant.tenantId, ids],
    });

    await tenant.put('/directory/groups/grp_1', { name: 'All', members: ids });

    const [entry] = await tenant.log();
    expect(entry?.details).toMatchObject({ members_added: { count: 500, ids: ids.slice(0, 200) } });
    expect((await tenant.get('/directory/groups/grp_1')).body).toMatchObject({ members: ids });
  });
});

describe('DELETE /api/v1/directory/groups/{id}', () => {
  it('when a group is closed, then it has no members and no role any more, and one entry says so', async () => {
    const tenant = await tenantWithUsers('u1');
    await tenant.put('/directory/groups/grp_1', { name: 'Finance', members: ['u1'] });
    await tenant.put('/directory/profiles/org_1', { type: 'org', name: 'Org' });
    await tenant.put('/directory/profiles/org_1/members/grp_1', { role: 'member' });
    const before = (await tenant.log()).length;

    expect((await tenant.remove('/directory/groups/grp_1')).status).toBe(204);
    expect((await tenant.remove('/directory/groups/grp_1')).status).toBe(204);
    expect((await tenant.remove('/directory/groups/grp_2')).status).toBe(404);

    expect((await tenant.get('/directory/groups/grp_1')).status).toBe(404);
    expect((await tenant.get('/directory/users/u1')).body).toMatchObject({ groups: [] });
    expect((await tenant.get('/directory/profiles/org_1/members')).body).toMatchObject({ members: [] });
    const log = await tenant.log();
    expect(log).toHaveLength(before + 1);
    expect(log.at(-1)).toMatchObject({
      event_type: 'admin.group_delete',
      details: { members_removed: { count: 1, ids: ['u1'] }, memberships_removed: 1 },
    });
  });
});

describe('GET /api/v1/directory/groups', () => {
  it('when a token has a scope, then it sees all groups with their members, page by page', async () => {
    const tenant = await tenantWithUsers('u1');
    for (const id of ['g1', 'g2', 'g3']) await tenant.put(`/directory/groups/${id}`, { name: id, members: ['u1'] });

    const first = await tenant.get('/directory/groups?limit=2', { scope: 'audit:read' });
    const second = await tenant.get(`/directory/groups?limit=2&cursor=${String(first.body?.['cursor'])}`, { scope: 'audit:read' });

    expect(first.body).toMatchObject({ groups: [{ id: 'g1', members: ['u1'] }, { id: 'g2' }], has_more: true });
    expect(second.body).toMatchObject({ groups: [{ id: 'g3' }], has_more: false });
  });

  it('when a user has no scope, then groups are as absent, also their own', async () => {
    const tenant = await tenantWithUsers('u1');
    await tenant.put('/directory/groups/g1', { name: 'g1', members: ['u1'] });

    expect((await tenant.get('/directory/groups/g1', { sub: 'u1' })).status).toBe(404);
    expect((await tenant.get('/directory/groups', { sub: 'u1' })).body).toEqual({ groups: [], cursor: null, has_more: false });
  });
});
