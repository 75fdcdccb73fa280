// Guards the users of the directory at their door: what is stored, what the log says, what is refused.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { putUser } from '../../db/directory/put-user.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { openDirectoryApi } from './directory-api.ts';
import type { DirectoryApi, TenantApi } from './directory-api.ts';

let api: DirectoryApi;
beforeAll(async () => {
  api = await openDirectoryApi();
});
afterAll(() => api.close());

function writerOf({ tenantId }: TenantApi): Principal {
  return {
    tenantId,
    userId: 'producer',
    scopes: new Set(['events:write']),
    entities: null,
    email: null,
    name: null,
    groups: [],
    sessionId: 's',
    issuedAtSeconds: null,
    expiresAtSeconds: Number.MAX_SAFE_INTEGER,
    serviceAccount: null,
    idp: null,
  };
}

const ann = { email: 'ann@example.com', name: 'Ann' };

describe('PUT /api/v1/directory/users/{id}', () => {
  it('when the user is new, then it is 201, the user as stored, and one entry that says so', async () => {
    const tenant = await api.tenant();

    const answered = await tenant.put('/directory/users/usr_1', ann);

    expect(answered).toEqual({
      status: 201,
      body: { id: 'usr_1', ...ann, status: 'active', groups: [], created_at: expect.any(String), updated_at: expect.any(String) },
    });
    const log = await tenant.log();
    expect(log).toHaveLength(1);
    expect(log[0]).toMatchObject({
      own_action: 'create_user',
      event_type: 'admin.user_provision',
      event: 'user_created',
      user_id: 'producer',
      target_user_id: 'usr_1',
      resource_type: 'user',
      resource_id: 'usr_1',
      resource_name: 'Ann',
      change_type: null,
      details: { target_user_name: 'Ann', ...ann, status: 'active' },
    });
    expect(log[0]?.request_id).toMatch(/^internal_req_/);
  });

  it('when nothing is different, then it is 200 and the log says nothing', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/users/usr_1', ann);

    const again = await tenant.put('/directory/users/usr_1', { ...ann, status: 'active', groups: [] });

    expect(again.status).toBe(200);
    expect(await tenant.log()).toHaveLength(1);
  });

  it('when fields change, then the entry tells them before and after', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/users/usr_1', ann);

    await tenant.put('/directory/users/usr_1', { ...ann, name: 'Anna' });

    const log = await tenant.log();
    expect(log[1]).toMatchObject({
      event_type: 'admin.user_update',
      event: 'user_updated',
      details: { target_user_name: 'Anna', changed: ['name'], before: { name: 'Ann' }, after: { name: 'Anna' } },
    });
  });

  it.each([
    ['suspended', 'admin.user_suspend'],
    ['deactivated', 'admin.user_deactivate'],
  ])('when the status becomes %s, then the entry is %s, and admin.user_activate on the way back', async (status, eventType) => {
    const tenant = await api.tenant();
    await tenant.put('/directory/users/usr_1', ann);

    await tenant.put('/directory/users/usr_1', { ...ann, status });
    await tenant.put('/directory/users/usr_1', { ...ann, status: 'active' });

    expect((await tenant.log()).map(({ event_type }) => event_type)).toEqual(['admin.user_provision', eventType, 'admin.user_activate']);
  });

  it('when status and groups are left out, then they stay as they are', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/groups/grp_1', { name: 'One', members: [] });
    await tenant.put('/directory/users/usr_1', { ...ann, status: 'suspended', groups: ['grp_1'] });

    const answered = await tenant.put('/directory/users/usr_1', { ...ann, name: 'Anna' });

    expect(answered.body).toMatchObject({ status: 'suspended', groups: ['grp_1'], name: 'Anna' });
  });

  it('when groups are given, then they replace the groups of the user, told in one entry', async () => {
    const tenant = await api.tenant();
    for (const id of ['grp_1', 'grp_2', 'grp_3']) await tenant.put(`/directory/groups/${id}`, { name: id, members: [] });
    await tenant.put('/directory/users/usr_1', { ...ann, groups: ['grp_1', 'grp_2'] });

    const answered = await tenant.put('/directory/users/usr_1', { ...ann, groups: ['grp_3', 'grp_2', 'grp_3'] });

    expect(answered.body).toMatchObject({ groups: ['grp_2', 'grp_3'] });
    expect((await tenant.get('/directory/groups/grp_3')).body).toMatchObject({ members: ['usr_1'] });
    const log = await tenant.log();
    expect(log).toHaveLength(5);
    expect(log.at(-1)?.details).toMatchObject({ groups_added: { count: 1, ids: ['grp_3'] }, groups_removed: { count: 1, ids: ['grp_1'] } });
  });

  it.each([
    ['an unknown group', { ...ann, groups: ['nowhere'] }, 'groups[0]'],
    ['a missing name', { email: 'ann@example.com' }, 'name'],
    ['an empty name', { ...ann, name: ' ' }, 'name'],
    ['an address that is none', { ...ann, email: 'ann' }, 'email'],
    ['a status that is none', { ...ann, status: 'closed' }, 'status'],
    ['an unknown field', { ...ann, role: 'admin' }, 'role'],
  ])('when the body has %s, then it is 422, names the field, and nothing is stored', async (_what, body, field) => {
    const tenant = await api.tenant();

    const answered = await tenant.put('/directory/users/usr_1', body);

    expect(answered.status).toBe(422);
    expect(answered.body).toMatchObject({
      error: { code: 'VALIDATION_FAILED', details: { fields: [expect.objectContaining({ field })] } },
    });
    expect((await tenant.get('/directory/users/usr_1')).status).toBe(404);
    expect(await tenant.log()).toEqual([]);
  });

  it('when the group named is closed, then it is 422', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/groups/grp_1', { name: 'One', members: [] });
    await tenant.remove('/directory/groups/grp_1');

    expect((await tenant.put('/directory/users/usr_1', { ...ann, groups: ['grp_1'] })).status).toBe(422);
  });

  it('when the id is a group’s, then it is 409', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/groups/both', { name: 'Both', members: [] });

    expect(await tenant.put('/directory/users/both', ann)).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT' } } });
  });

  it('when the id has a form no id has, then it is 422', async () => {
    const tenant = await api.tenant();
    expect((await tenant.put('/directory/users/a.b', ann)).status).toBe(422);
  });

  it('when the token may not write the directory, then it is 403', async () => {
    const tenant = await api.tenant();
    for (const scope of [undefined, 'audit:read', 'compliance:manage']) {
      const answered = await tenant.call('PUT', '/directory/users/usr_1', { body: ann, claims: { scope } });
      expect(answered).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    }
    const limited = await tenant.call('PUT', '/directory/users/usr_1', {
      body: ann,
      claims: { scope: 'tenant:admin', entities: ['workspace:w'] },
    });
    expect(limited.status).toBe(403);
  });

  it('when many write the same new user at once, then one makes it, the others change nothing, and the log has one entry', async () => {
    const tenant = await api.tenant();

    const answers = await Promise.all(Array.from({ length: 8 }, () => tenant.put('/directory/users/usr_1', ann)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(await tenant.log()).toHaveLength(1);
  });

  it('when a suspended user writes with a token that is still good, then it is 403 and nothing is stored', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/users/writer', { ...ann, status: 'suspended' });

    const answered = await tenant.call('PUT', '/directory/users/writer', {
      body: { ...ann, status: 'active' },
      claims: { sub: 'writer', scope: 'events:write' },
    });

    expect(answered).toMatchObject({ status: 403, body: { error: { code: 'AUTHZ_USER_SUSPENDED' } } });
    expect((await tenant.get('/directory/users/writer')).body).toMatchObject({ status: 'suspended' });
  });
});

describe('a writer who was let in before their suspension was known here', () => {
  it('when they write after it, then the transaction itself refuses, and the log says nothing', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/users/writer', { ...ann, status: 'suspended' });
    const principal = { ...writerOf(tenant), userId: 'writer' };

    const refused = await putUser(api.world, { principal, requestId: null }, { id: 'usr_1', wish: ann });

    expect(refused).toMatchObject({ code: 'AUTHZ_USER_SUSPENDED' });
    expect(await tenant.log()).toHaveLength(1);
    expect(
      await putUser(api.world, { principal: { ...principal, userId: 'somebody' }, requestId: null }, { id: 'usr_1', wish: ann }),
    ).toMatchObject({ created: true });
  });

  it('when the tenant is not there, then it is refused', async () => {
    const tenant = await api.tenant();
    const principal = { ...writerOf(tenant), tenantId: 'nowhere' };
    expect(await putUser(api.world, { principal, requestId: null }, { id: 'usr_1', wish: ann })).toMatchObject({ code: 'TENANT_UNKNOWN' });
  });
});

describe('DELETE /api/v1/directory/users/{id}', () => {
  it('when a user is closed, then they are gone from lists, groups and profiles, and one entry says so', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/users/usr_1', ann);
    await tenant.put('/directory/groups/grp_1', { name: 'One', members: ['usr_1'] });
    await tenant.put('/directory/profiles/org_1', { type: 'org', name: 'Org' });
    await tenant.put('/directory/profiles/org_1/members/usr_1', { role: 'admin' });
    const before = (await tenant.log()).length;

    expect(await tenant.remove('/directory/users/usr_1')).toEqual({ status: 204, body: null });

    expect((await tenant.get('/directory/users/usr_1')).status).toBe(404);
    expect((await tenant.get('/directory/users')).body).toMatchObject({ users: [] });
    expect((await tenant.get('/directory/groups/grp_1')).body).toMatchObject({ members: [] });
    expect((await tenant.get('/directory/profiles/org_1/members')).body).toMatchObject({ members: [] });
    const log = await tenant.log();
    expect(log).toHaveLength(before + 1);
    expect(log.at(-1)).toMatchObject({
      own_action: 'delete_user',
      event_type: 'admin.user_delete',
      event: 'user_deleted',
      target_user_id: 'usr_1',
      details: { groups_removed: { count: 1, ids: ['grp_1'] }, memberships_removed: 1 },
    });
  });

  it('when the user is closed already, then it is 204 and the log says nothing; when there never was one, then it is 404', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/users/usr_1', ann);
    await tenant.remove('/directory/users/usr_1');

    expect((await tenant.remove('/directory/users/usr_1')).status).toBe(204);
    expect(await tenant.log()).toHaveLength(2);
    expect((await tenant.remove('/directory/users/usr_2')).status).toBe(404);
  });

  it('when a closed user is put again, then it is made anew, without what it had', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/groups/grp_1', { name: 'One', members: [] });
    await tenant.put('/directory/users/usr_1', { ...ann, groups: ['grp_1'], status: 'suspended' });
    await tenant.remove('/directory/users/usr_1');

    const answered = await tenant.put('/directory/users/usr_1', ann);

    expect(answered).toMatchObject({ status: 201, body: { status: 'active', groups: [] } });
    expect((await tenant.log()).at(-1)).toMatchObject({ event_type: 'admin.user_provision', details: { opened_again: true } });
  });
});

describe('GET /api/v1/directory/users', () => {
  it('when there are more than a page, then the cursor leads through all of them, each once', async () => {
    const tenant = await api.tenant();
    const made = ['a', 'B', '-', '_', '1', 'aa', 'b-1'];
    for (const id of made) await tenant.put(`/directory/users/${id}`, ann);

    const seen: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const { body } = await tenant.get(`/directory/users?limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      seen.push(...(body?.['users'] as { id: string }[]).map(({ id }) => id));
      cursor = String(body?.['cursor']);
      if (body?.['has_more'] === false) break;
    }

    expect(seen).toHaveLength(made.length);
    expect(new Set(seen)).toEqual(new Set(made));
    expect((await tenant.get(`/directory/users?cursor=${String(cursor)}`)).body).toEqual({ users: [], cursor, has_more: false });
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'offset=1'])('when the query says %s, then it is 422', async (query) => {
    const tenant = await api.tenant();
    expect((await tenant.get(`/directory/users?${query}`)).status).toBe(422);
  });

  it.each(['!!', 'YQ==', btoa('a.b').replaceAll('=', '')])('when the cursor is %s, then it is 400 CURSOR_INVALID', async (cursor) => {
    const tenant = await api.tenant();
    expect(await tenant.get(`/directory/users?cursor=${encodeURIComponent(cursor)}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'CURSOR_INVALID' } },
    });
  });

  it.each(['events:write', 'tenant:admin', 'compliance:manage', 'audit:read', 'admin:*', '*'])(
    'when the token has %s, then it reads all users',
    async (scope) => {
      const tenant = await api.tenant();
      await tenant.put('/directory/users/usr_1', ann);
      await tenant.put('/directory/users/usr_2', ann);

      expect((await tenant.get('/directory/users', { scope })).body).toMatchObject({ users: [{ id: 'usr_1' }, { id: 'usr_2' }] });
      expect((await tenant.get('/directory/users/usr_2', { scope })).status).toBe(200);
    },
  );

  it('when a user has no scope, then they read themselves and nobody else', async () => {
    const tenant = await api.tenant();
    await tenant.put('/directory/users/usr_1', ann);
    await tenant.put('/directory/users/usr_2', ann);
    const claims = { sub: 'usr_1' };

    expect((await tenant.get('/directory/users/usr_1', claims)).status).toBe(200);
    const other = await tenant.get('/directory/users/usr_2', claims);
    const absent = await tenant.get('/directory/users/usr_9', claims);
    expect(other.status).toBe(404);
    expect(other.body?.['error']).toEqual(absent.body?.['error']);
    expect((await tenant.get('/directory/users', claims)).body).toMatchObject({ users: [{ id: 'usr_1' }], has_more: false });
    expect((await tenant.get('/directory/users', { sub: 'stranger' })).body).toMatchObject({ users: [], cursor: null, has_more: false });
  });

  it('when another tenant has a user of this id, then this tenant does not see it', async () => {
    const [one, other] = [await api.tenant(), await api.tenant()];
    await one.put('/directory/users/usr_1', ann);

    expect((await other.get('/directory/users/usr_1')).status).toBe(404);
    expect((await other.remove('/directory/users/usr_1')).status).toBe(404);
    expect((await other.get('/directory/users')).body).toMatchObject({ users: [] });
    expect((await other.put('/directory/users/usr_1', { ...ann, name: 'Another' })).status).toBe(201);
    expect((await one.get('/directory/users/usr_1')).body).toMatchObject({ name: 'Ann' });
  });
});
