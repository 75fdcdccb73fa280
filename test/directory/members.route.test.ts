// Guards memberships at their door: who becomes what, what the log says, and that rights follow at once.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDirectoryApi } from './directory-api.ts';
import type { DirectoryApi, TenantApi } from './directory-api.ts';

let api: DirectoryApi;
beforeAll(async () => {
  api = await openDirectoryApi();
});
afterAll(() => api.close());

async function tenantWithShare(): Promise<TenantApi> {
  const tenant = await api.tenant();
  await tenant.put('/directory/users/ann', { email: 'ann@example.com', name: 'Ann' });
  await tenant.put('/directory/groups/team', { name: 'The team', members: ['ann'] });
  await tenant.put('/directory/profiles/org_1', { type: 'org', name: 'Org' });
  await tenant.put('/directory/profiles/ws_1', { type: 'workspace', name: 'One', parent_id: 'org_1' });
  await tenant.put('/directory/profiles/shr_1', { type: 'share', name: 'Papers', parent_id: 'ws_1' });
  return tenant;
}
const entriesBefore = 5;

describe('PUT /api/v1/directory/profiles/{id}/members/{member_id}', () => {
  it('when a user becomes a member, then it is 201 and an entry that names them and where', async () => {
    const tenant = await tenantWithShare();

    expect(await tenant.put('/directory/profiles/shr_1/members/ann', { role: 'viewer' })).toEqual({
      status: 201,
      body: { id: 'ann', type: 'user', role: 'viewer' },
    });

    const log = await tenant.log();
    expect(log).toHaveLength(entriesBefore + 1);
    expect(log.at(-1)).toMatchObject({
      own_action: 'add_member',
      event_type: 'share.member_added',
      event: 'added_member_to_share',
      target_user_id: 'ann',
      org_id: 'org_1',
      workspace_id: 'ws_1',
      share_id: 'shr_1',
      resource_type: 'share',
      resource_id: 'shr_1',
      resource_name: 'Papers',
      change_type: null,
      details: { member_id: 'ann', member_type: 'user', member_name: 'Ann', role: 'viewer' },
    });
  });

  it.each([
    ['org_1', 'org.member_added', 'added_member_to_org'],
    ['ws_1', 'workspace.member_added', 'added_member_to_workspace'],
  ])('when a group becomes a member of %s, then the entry is %s and targets nobody', async (profile, eventType, event) => {
    const tenant = await tenantWithShare();

    expect((await tenant.put(`/directory/profiles/${profile}/members/team`, { role: 'admin' })).body).toEqual({
      id: 'team',
      type: 'group',
      role: 'admin',
    });

    expect((await tenant.log()).at(-1)).toMatchObject({
      event_type: eventType,
      event,
      target_user_id: null,
      details: { member_type: 'group', member_name: 'The team' },
    });
  });

  it('when the role changes, then the entry tells both; when it is the same, then nothing is written', async () => {
    const tenant = await tenantWithShare();
    await tenant.put('/directory/profiles/shr_1/members/ann', { role: 'viewer' });

    expect((await tenant.put('/directory/profiles/shr_1/members/ann', { role: 'owner' })).status).toBe(200);
    expect((await tenant.put('/directory/profiles/shr_1/members/ann', { role: 'owner' })).status).toBe(200);

    const log = await tenant.log();
    expect(log).toHaveLength(entriesBefore + 2);
    expect(log.at(-1)).toMatchObject({
      event_type: 'share.member_role_changed',
      event: 'membership_updated',
      details: { role: 'owner', before: { role: 'viewer' }, after: { role: 'owner' } },
    });
  });

  it('when nobody has this id, or who had it is closed, then it is 422', async () => {
    const tenant = await tenantWithShare();
    await tenant.remove('/directory/users/ann');
    await tenant.remove('/directory/groups/team');
    for (const id of ['ann', 'team', 'nobody']) {
      expect(await tenant.put(`/directory/profiles/shr_1/members/${id}`, { role: 'viewer' })).toMatchObject({
        status: 422,
        body: { error: { details: { fields: [{ field: 'member_id' }] } } },
      });
    }
  });

  it('when the profile is unknown or closed, then it is 404', async () => {
    const tenant = await tenantWithShare();
    await tenant.remove('/directory/profiles/shr_1');
    for (const id of ['shr_1', 'shr_9'])
      expect((await tenant.put(`/directory/profiles/${id}/members/ann`, { role: 'viewer' })).status).toBe(404);
  });

  it('when the role is none, then it is 422; when the token may not write, then it is 403', async () => {
    const tenant = await tenantWithShare();
    expect((await tenant.put('/directory/profiles/shr_1/members/ann', { role: 'reader' })).status).toBe(422);
    const byOwner = { sub: 'ann' };
    await tenant.put('/directory/profiles/shr_1/members/ann', { role: 'owner' });
    expect((await tenant.call('PUT', '/directory/profiles/shr_1/members/team', { body: { role: 'viewer' }, claims: byOwner })).status).toBe(
      403,
    );
    expect((await tenant.call('DELETE', '/directory/profiles/shr_1/members/ann', { claims: byOwner })).status).toBe(403);
  });
});

describe('DELETE /api/v1/directory/profiles/{id}/members/{member_id}', () => {
  it('when a member is removed, then it is 204 and one entry; what they hold otherwise stays', async () => {
    const tenant = await tenantWithShare();
    await tenant.put('/directory/profiles/shr_1/members/ann', { role: 'viewer' });
    await tenant.put('/directory/profiles/ws_1/members/team', { role: 'admin' });

    expect(await tenant.remove('/directory/profiles/shr_1/members/ann')).toEqual({ status: 204, body: null });

    expect((await tenant.log()).at(-1)).toMatchObject({
      own_action: 'remove_member',
      event_type: 'share.member_removed',
      event: 'removed_member_from_share',
      target_user_id: 'ann',
      details: { member_name: 'Ann', role: 'viewer' },
    });
    expect((await tenant.get('/directory/profiles/shr_1', { sub: 'ann' })).status).toBe(200);
    await tenant.remove('/directory/profiles/ws_1/members/team');
    expect((await tenant.get('/directory/profiles/shr_1', { sub: 'ann' })).status).toBe(404);
  });

  it('when they are no member, then it is 204 and nothing is written; when nobody ever had the id, then it is 404', async () => {
    const tenant = await tenantWithShare();
    expect((await tenant.remove('/directory/profiles/shr_1/members/ann')).status).toBe(204);
    expect(await tenant.log()).toHaveLength(entriesBefore);
    expect((await tenant.remove('/directory/profiles/shr_1/members/nobody')).status).toBe(404);
    expect((await tenant.remove('/directory/profiles/shr_9/members/ann')).status).toBe(404);
  });
});

describe('GET /api/v1/directory/profiles/{id}/members', () => {
  it('when one may see the profile, then one sees its members; otherwise it is as absent', async () => {
    const tenant = await tenantWithShare();
    await tenant.put('/directory/profiles/shr_1/members/ann', { role: 'viewer' });
    await tenant.put('/directory/profiles/shr_1/members/team', { role: 'admin' });

    const asMember = await tenant.get('/directory/profiles/shr_1/members?limit=1', { sub: 'ann' });
    expect(asMember.body).toEqual({ members: [{ id: 'ann', type: 'user', role: 'viewer' }], cursor: expect.any(String), has_more: true });
    const rest = await tenant.get(`/directory/profiles/shr_1/members?cursor=${String(asMember.body?.['cursor'])}`);
    expect(rest.body).toMatchObject({ members: [{ id: 'team', type: 'group', role: 'admin' }], has_more: false });

    expect((await tenant.get('/directory/profiles/shr_1/members/team', { sub: 'ann' })).body).toEqual({
      id: 'team',
      type: 'group',
      role: 'admin',
    });
    expect((await tenant.get('/directory/profiles/shr_1/members/nobody', { sub: 'ann' })).status).toBe(404);
    for (const path of [
      '/directory/profiles/shr_1/members',
      '/directory/profiles/shr_1/members/ann',
      '/directory/profiles/shr_9/members',
    ]) {
      expect((await tenant.get(path, { sub: 'stranger' })).status).toBe(404);
    }
  });
});

describe('rights follow the directory', () => {
  it.each([
    ['the membership is removed', (tenant: TenantApi) => tenant.remove('/directory/profiles/shr_1/members/team'), 404],
    ['the group loses the user', (tenant: TenantApi) => tenant.put('/directory/groups/team', { name: 'The team', members: [] }), 404],
    ['the group is closed', (tenant: TenantApi) => tenant.remove('/directory/groups/team'), 404],
    ['the share is closed', (tenant: TenantApi) => tenant.remove('/directory/profiles/shr_1'), 404],
    ['the workspace above is closed', (tenant: TenantApi) => tenant.remove('/directory/profiles/ws_1'), 404],
    ['the org above is closed', (tenant: TenantApi) => tenant.remove('/directory/profiles/org_1'), 404],
    [
      'the user is suspended',
      (tenant: TenantApi) => tenant.put('/directory/users/ann', { email: 'ann@example.com', name: 'Ann', status: 'suspended' }),
      403,
    ],
    [
      'the user is deactivated',
      (tenant: TenantApi) => tenant.put('/directory/users/ann', { email: 'ann@example.com', name: 'Ann', status: 'deactivated' }),
      403,
    ],
    ['the user is closed', (tenant: TenantApi) => tenant.remove('/directory/users/ann'), 403],
  ])('when %s, then the next request is refused', async (_what, revoke, status) => {
    const tenant = await tenantWithShare();
    await tenant.put('/directory/profiles/shr_1/members/team', { role: 'member' });
    expect((await tenant.get('/directory/profiles/shr_1', { sub: 'ann' })).status).toBe(200);

    await revoke(tenant);

    expect((await tenant.get('/directory/profiles/shr_1', { sub: 'ann' })).status).toBe(status);
  });

  it('when the token claims a group that the directory does not give, then the claim gives nothing', async () => {
    const tenant = await tenantWithShare();
    await tenant.put('/directory/users/bob', { email: 'bob@example.com', name: 'Bob' });
    await tenant.put('/directory/profiles/shr_1/members/team', { role: 'member' });
    expect((await tenant.get('/directory/profiles/shr_1', { sub: 'bob', groups: ['team'] })).status).toBe(404);
  });
});
