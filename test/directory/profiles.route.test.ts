// Guards the profiles of the directory at their door, and that every change of a share is exactly one change row.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDirectoryApi } from './directory-api.ts';
import type { DirectoryApi, LogRow, TenantApi } from './directory-api.ts';

let api: DirectoryApi;
beforeAll(async () => {
  api = await openDirectoryApi();
});
afterAll(() => api.close());

/** An org, two workspaces in it, and a share in the first. */
async function tenantWithTree(): Promise<TenantApi> {
  const tenant = await api.tenant();
  await tenant.put('/directory/profiles/org_1', { type: 'org', name: 'Org' });
  await tenant.put('/directory/profiles/ws_1', { type: 'workspace', name: 'One', parent_id: 'org_1' });
  await tenant.put('/directory/profiles/ws_2', { type: 'workspace', name: 'Two', parent_id: 'org_1' });
  await tenant.put('/directory/profiles/shr_1', { type: 'share', name: 'Papers', parent_id: 'ws_1' });
  return tenant;
}

async function newestEntry(tenant: TenantApi): Promise<LogRow | undefined> {
  return (await tenant.log()).at(-1);
}

describe('PUT /api/v1/directory/profiles/{id}', () => {
  it('when profiles are new, then each is 201 and one entry that names where it stands', async () => {
    const tenant = await tenantWithTree();

    expect((await tenant.get('/directory/profiles/shr_1')).body).toEqual({
      id: 'shr_1',
      type: 'share',
      name: 'Papers',
      parent_id: 'ws_1',
      multiplayer: true,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    const log = await tenant.log();
    expect(
      log.map(({ event_type, event, org_id, workspace_id, share_id, change_type }) => [
        event_type,
        event,
        org_id,
        workspace_id,
        share_id,
        change_type,
      ]),
    ).toEqual([
      ['admin.profile_create', 'org_created', 'org_1', null, null, null],
      ['admin.profile_create', 'workspace_created', 'org_1', 'ws_1', null, null],
      ['admin.profile_create', 'workspace_created', 'org_1', 'ws_2', null, null],
      ['share.create', 'share_created', 'org_1', 'ws_1', 'shr_1', 'created'],
    ]);
    expect(log[3]).toMatchObject({
      own_action: 'create_profile',
      resource_type: 'share',
      resource_id: 'shr_1',
      resource_name: 'Papers',
      change_metadata: { name: 'Papers', parent_id: 'ws_1', multiplayer: true },
    });
  });

  const share = { type: 'share', name: 'Papers', parent_id: 'ws_1', multiplayer: true };
  it.each([
    ['its name', { ...share, name: 'Letters' }, 'renamed', ['name']],
    ['its parent', { ...share, parent_id: 'ws_2' }, 'moved', ['parent_id']],
    ['multiplayer', { ...share, multiplayer: false }, 'updated', ['multiplayer']],
    ['its name and multiplayer', { ...share, name: 'Letters', multiplayer: false }, 'renamed', ['name', 'multiplayer']],
    ['all at once', { ...share, name: 'Letters', parent_id: 'org_1', multiplayer: false }, 'moved', ['name', 'parent_id', 'multiplayer']],
  ])('when of a share %s changes, then it is one change row that says what changed', async (_what, wish, changeType, changed) => {
    const tenant = await tenantWithTree();

    expect((await tenant.put('/directory/profiles/shr_1', wish)).status).toBe(200);

    const log = await tenant.log();
    expect(log).toHaveLength(5);
    expect(log[4]).toMatchObject({
      event_type: 'share.update',
      event: 'share_updated',
      resource_type: 'share',
      share_id: 'shr_1',
      workspace_id: wish.parent_id === 'org_1' ? null : wish.parent_id,
      org_id: 'org_1',
      change_type: changeType,
      change_metadata: { name: wish.name, parent_id: wish.parent_id, multiplayer: wish.multiplayer, changed },
    });
    const before = log[4]?.change_metadata?.['before'] as Record<string, unknown>;
    expect(Object.keys(before).sort()).toEqual([...changed].sort());
  });

  it('when nothing is different, or fields are left out that may be, then nothing is written', async () => {
    const tenant = await tenantWithTree();
    await tenant.put('/directory/profiles/shr_1', { ...share, multiplayer: false });

    expect((await tenant.put('/directory/profiles/shr_1', { ...share, multiplayer: false })).status).toBe(200);
    const answered = await tenant.put('/directory/profiles/shr_1', { type: 'share', name: 'Papers' });

    expect(answered).toMatchObject({ status: 200, body: { parent_id: 'ws_1', multiplayer: false } });
    expect(await tenant.log()).toHaveLength(5);
  });

  it('when parent_id is null, then the profile is taken out of its parent', async () => {
    const tenant = await tenantWithTree();

    expect((await tenant.put('/directory/profiles/shr_1', { ...share, parent_id: null })).body).toMatchObject({ parent_id: null });
    expect(await newestEntry(tenant)).toMatchObject({ change_type: 'moved', workspace_id: null, org_id: null });
  });

  it('when a workspace changes, then its entry is no change row', async () => {
    const tenant = await tenantWithTree();
    await tenant.put('/directory/profiles/ws_1', { type: 'workspace', name: 'First' });

    expect(await newestEntry(tenant)).toMatchObject({
      event_type: 'admin.profile_update',
      event: 'workspace_updated',
      change_type: null,
      details: { before: { name: 'One' }, after: { name: 'First' } },
    });
  });

  it('when the type is another, then it is 409, also after closing', async () => {
    const tenant = await tenantWithTree();
    expect((await tenant.put('/directory/profiles/shr_1', { type: 'workspace', name: 'Papers' })).status).toBe(409);
    await tenant.remove('/directory/profiles/shr_1');
    expect((await tenant.put('/directory/profiles/shr_1', { type: 'workspace', name: 'Papers' })).status).toBe(409);
  });

  it.each([
    ['an org in an org', { type: 'org', name: 'x', parent_id: 'org_1' }],
    ['a workspace in a workspace', { type: 'workspace', name: 'x', parent_id: 'ws_1' }],
    ['a workspace in a share', { type: 'workspace', name: 'x', parent_id: 'shr_1' }],
    ['a share in a share', { type: 'share', name: 'x', parent_id: 'shr_1' }],
    ['a share in itself', { type: 'share', name: 'x', parent_id: 'new' }],
    ['a share in what is not there', { type: 'share', name: 'x', parent_id: 'nowhere' }],
    ['a share in what is closed', { type: 'share', name: 'x', parent_id: 'ws_2' }],
  ])('when it would be %s, then it is 422 naming parent_id', async (_what, wish) => {
    const tenant = await tenantWithTree();
    await tenant.remove('/directory/profiles/ws_2');

    const answered = await tenant.put('/directory/profiles/new', wish);

    expect(answered).toMatchObject({ status: 422, body: { error: { details: { fields: [{ field: 'parent_id' }] } } } });
    expect((await tenant.get('/directory/profiles/new')).status).toBe(404);
  });

  it.each([
    ['a type that is none', { type: 'folder', name: 'x' }, 'type'],
    ['no name', { type: 'org' }, 'name'],
    ['an unknown field', { type: 'org', name: 'x', owner: 'u' }, 'owner'],
    ['a parent id of no id’s form', { type: 'share', name: 'x', parent_id: 'a/b' }, 'parent_id'],
  ])('when the body has %s, then it is 422 and names the field', async (_what, wish, field) => {
    const tenant = await api.tenant();
    expect(await tenant.put('/directory/profiles/new', wish)).toMatchObject({
      status: 422,
      body: { error: { details: { fields: [{ field }] } } },
    });
  });

  it('when the token is limited to a workspace, then it writes below it, and neither takes in nor gives away', async () => {
    const tenant = await tenantWithTree();
    const claims = { scope: 'events:write', entities: ['workspace:ws_1'] };
    const put = (id: string, body: unknown) => tenant.call('PUT', `/directory/profiles/${id}`, { body, claims });

    expect((await put('shr_2', { type: 'share', name: 'New', parent_id: 'ws_1' })).status).toBe(201);
    expect((await put('shr_1', { type: 'share', name: 'Letters' })).status).toBe(200);
    expect((await put('shr_3', { type: 'share', name: 'Elsewhere', parent_id: 'ws_2' })).status).toBe(403);
    expect((await put('shr_1', { type: 'share', name: 'Letters', parent_id: 'ws_2' })).status).toBe(403);
    expect((await put('ws_2', { type: 'workspace', name: 'Mine' })).status).toBe(403);
    await tenant.put('/directory/profiles/shr_4', { type: 'share', name: 'Theirs', parent_id: 'ws_2' });
    expect((await put('shr_4', { type: 'share', name: 'Theirs', parent_id: 'ws_1' })).status).toBe(403);
    expect((await tenant.call('DELETE', '/directory/profiles/shr_4', { claims })).status).toBe(403);
    expect((await tenant.call('DELETE', '/directory/profiles/unknown', { claims })).status).toBe(403);
    expect((await tenant.call('DELETE', '/directory/profiles/shr_2', { claims })).status).toBe(204);
  });
});

describe('DELETE /api/v1/directory/profiles/{id}', () => {
  it('when a share is closed, then it is one change row, and closing it again is none', async () => {
    const tenant = await tenantWithTree();

    expect((await tenant.remove('/directory/profiles/shr_1')).status).toBe(204);
    expect((await tenant.remove('/directory/profiles/shr_1')).status).toBe(204);
    expect((await tenant.remove('/directory/profiles/shr_9')).status).toBe(404);

    const log = await tenant.log();
    expect(log).toHaveLength(5);
    expect(log[4]).toMatchObject({
      own_action: 'delete_profile',
      event_type: 'share.delete',
      event: 'share_deleted',
      change_type: 'deleted',
      share_id: 'shr_1',
      workspace_id: 'ws_1',
    });
    expect((await tenant.get('/directory/profiles/shr_1')).status).toBe(404);
  });

  it('when a closed share is put again, then it is created again, without its members and its parent', async () => {
    const tenant = await tenantWithTree();
    await tenant.put('/directory/users/u1', { email: 'u1@example.com', name: 'u1' });
    await tenant.put('/directory/profiles/shr_1/members/u1', { role: 'owner' });
    await tenant.remove('/directory/profiles/shr_1');

    const answered = await tenant.put('/directory/profiles/shr_1', { type: 'share', name: 'Papers' });

    expect(answered).toMatchObject({ status: 201, body: { parent_id: null, multiplayer: true } });
    expect(await newestEntry(tenant)).toMatchObject({
      event_type: 'share.create',
      change_type: 'created',
      details: { opened_again: true },
    });
    expect((await tenant.get('/directory/profiles/shr_1', { sub: 'u1' })).status).toBe(404);
  });

  it('when an org is closed, then its entry is org_closed', async () => {
    const tenant = await tenantWithTree();
    await tenant.remove('/directory/profiles/org_1');
    expect(await newestEntry(tenant)).toMatchObject({
      event_type: 'admin.profile_delete',
      event: 'org_closed',
      org_id: 'org_1',
      change_type: null,
    });
  });
});

describe('GET /api/v1/directory/profiles', () => {
  async function seenBy(tenant: TenantApi, claims: Readonly<Record<string, unknown>>): Promise<string[]> {
    const { body } = await tenant.get('/directory/profiles', claims);
    return (body?.['profiles'] as { id: string }[]).map(({ id }) => id);
  }

  it('when somebody holds a role, then list and record agree about what they see', async () => {
    const tenant = await tenantWithTree();
    const expected: Readonly<Record<string, readonly string[]>> = {
      'owner of org_1': ['org_1', 'shr_1', 'ws_1', 'ws_2'],
      'admin of ws_1': ['shr_1', 'ws_1'],
      'member of ws_1': ['ws_1'],
      'viewer of shr_1': ['shr_1'],
      'member of org_1': ['org_1'],
    };
    for (const [index, [what, seen]] of Object.entries(expected).entries()) {
      const [role, profile] = what.split(' of ');
      const user = `u${String(index)}`;
      await tenant.put(`/directory/users/${user}`, { email: 'u@example.com', name: user });
      await tenant.put(`/directory/profiles/${String(profile)}/members/${user}`, { role });

      expect({ what, seen: await seenBy(tenant, { sub: user }) }).toEqual({ what, seen });
      for (const id of ['org_1', 'ws_1', 'ws_2', 'shr_1']) {
        expect({ what, id, status: (await tenant.get(`/directory/profiles/${id}`, { sub: user })).status }).toEqual({
          what,
          id,
          status: seen.includes(id) ? 200 : 404,
        });
      }
    }
  });

  it('when the token is limited, then it sees no more than that', async () => {
    const tenant = await tenantWithTree();
    expect(await seenBy(tenant, { scope: 'tenant:admin', entities: ['workspace:ws_1'] })).toEqual(['shr_1', 'ws_1']);
    expect(await seenBy(tenant, { scope: 'audit:read', entities: [] })).toEqual([]);
    expect((await tenant.get('/directory/profiles/ws_2', { scope: 'tenant:admin', entities: ['workspace:ws_1'] })).status).toBe(404);
  });

  it('when the list is longer than a page, then the cursor leads on', async () => {
    const tenant = await tenantWithTree();
    const first = await tenant.get('/directory/profiles?limit=3');
    const second = await tenant.get(`/directory/profiles?limit=3&cursor=${String(first.body?.['cursor'])}`);
    expect(first.body).toMatchObject({ profiles: [{ id: 'org_1' }, { id: 'shr_1' }, { id: 'ws_1' }], has_more: true });
    expect(second.body).toMatchObject({ profiles: [{ id: 'ws_2' }], has_more: false });
  });
});
