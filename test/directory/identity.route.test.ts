// What the identity provider's webhook makes of what it is told: each event once, in the order of its events, and at once.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { ann, post, stageProvider, startApiForProvider } from './identity-provider.ts';
import type { Event } from './identity-provider.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApiForProvider();
});
afterAll(async () => {
  await api.end();
});

const tenantWithProvider = () => stageProvider(api);

describe('when the provider tells of a user', () => {
  it('then the user stands in the directory, and one entry says who did it and by which service', async () => {
    const { deliver, user, entries } = await tenantWithProvider();

    expect(await deliver({ type: 'user.created', data: ann })).toMatchObject({ http: 200, status: 'applied' });
    expect(await user('usr_ann')).toMatchObject({ email: 'ann@example.com', name: 'Ann Lee', status: 'active' });
    expect(await entries()).toEqual([{ own_action: 'create_user', user_id: 'adm_1', service_account: 'scaikey' }]);
  });

  it('then SUSPENDED in an update suspends at once, and a request of that user is refused', async () => {
    const { tenantId, deliver } = await tenantWithProvider();
    await deliver({ type: 'user.created', data: ann });
    const token = await tokenFor({ tenantId, userId: 'usr_ann' });
    expect((await api.call('/api/v1/sync/changes', { token })).status).toBe(200);

    expect(await deliver({ type: 'user.updated', data: { ...ann, status: 'SUSPENDED' } })).toMatchObject({ http: 200, status: 'applied' });
    expect((await api.call('/api/v1/sync/changes', { token })).status).toBe(403);
  });

  it('then somebody who is PENDING is in the directory and may nothing, until they are ACTIVE', async () => {
    const { tenantId, deliver, user } = await tenantWithProvider();
    const knock = async () => (await api.call('/api/v1/sync/changes', { token: await tokenFor({ tenantId, userId: 'usr_ann' }) })).status;
    expect(await deliver({ type: 'user.created', data: { ...ann, status: 'PENDING' } })).toMatchObject({ http: 200, status: 'applied' });
    expect(await user('usr_ann')).toMatchObject({ email: 'ann@example.com', status: 'deactivated' });
    expect(await knock()).toBe(403);

    expect(await deliver({ type: 'user.updated', data: ann })).toMatchObject({ http: 200, status: 'applied' });
    expect(await user('usr_ann')).toMatchObject({ status: 'active' });
  });

  it('then a deletion takes the rights and leaves the trail', async () => {
    const { deliver, user, entries } = await tenantWithProvider();
    await deliver({ type: 'user.created', data: ann });

    expect(await deliver({ type: 'user.deleted', data: { id: ann.id } })).toMatchObject({ http: 200, status: 'applied' });
    expect(await user('usr_ann')).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect((await entries()).map(({ own_action: action }) => action)).toEqual(['create_user', 'delete_user']);
  });
});

describe('when the provider tells of a group', () => {
  it('then the list replaces the members', async () => {
    const { deliver, group } = await tenantWithProvider();
    await deliver({ type: 'user.created', data: ann });
    await deliver({ type: 'user.created', data: { ...ann, id: 'usr_bob', email: 'bob@example.com' } });
    await deliver({ type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] } });
    await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'One', members: ['usr_bob'] } });

    expect((await group('grp_1')).body).toMatchObject({ members: ['usr_bob'] });
  });

  it('then members who are still unknown join as soon as they come, and the membership shows what the group may see', async () => {
    const { tenantId, deliver, group } = await tenantWithProvider();
    const admin = await tokenFor({ tenantId, scope: 'tenant:admin events:write' });
    await api.call('/api/v1/directory/profiles/org_1', { method: 'PUT', token: admin, json: { type: 'org', name: 'Org' } });
    await api.call('/api/v1/directory/profiles/shr_1', { method: 'PUT', token: admin, json: { type: 'share', name: 'Share', parent_id: 'org_1' } });
    await deliver({ type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] } });
    await api.call('/api/v1/directory/profiles/shr_1/members/grp_1', { method: 'PUT', token: admin, json: { role: 'member' } });
    const token = await tokenFor({ tenantId, userId: 'usr_ann' });
    expect((await api.call('/api/v1/sync/changes?share_id=shr_1', { token })).status).toBe(404);

    await deliver({ type: 'user.created', data: ann });
    expect((await group('grp_1')).body).toMatchObject({ members: ['usr_ann'] });
    expect((await api.call('/api/v1/sync/changes?share_id=shr_1', { token })).status).toBe(200);

    await deliver({ type: 'group.deleted', data: { id: 'grp_1' } });
    expect((await group('grp_1')).status).toBe(404);
    expect((await api.call('/api/v1/sync/changes?share_id=shr_1', { token })).status).toBe(404);
  });
});

describe('when an administrator writes while a member is awaited', () => {
  const awaiting = async () => {
    const tenant = await tenantWithProvider();
    const admin = await tokenFor({ tenantId: tenant.tenantId, scope: 'tenant:admin' });
    expect(await tenant.deliver({ type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] } })).toMatchObject({ status: 'applied' });
    const write = async (method: string, path: string, json?: object) => (await api.call(`/api/v1/directory/${path}`, { method, token: admin, json })).status;
    const membersAfterArrival = async () => {
      expect(await tenant.deliver({ type: 'user.updated', data: ann })).toMatchObject({ http: 200 });
      return ((await tenant.group('grp_1')).body as { members?: string[] }).members;
    };
    return { ...tenant, write, membersAfterArrival };
  };
  const putGroup = (members: string[]) => ['PUT', 'groups/grp_1', { name: 'One', members }] as const;

  it('then the members the administrator lists are the members', async () => {
    const { write, membersAfterArrival } = await awaiting();
    expect(await write(...putGroup([]))).toBe(200);

    expect(await membersAfterArrival()).toEqual([]);
  });

  it('then nobody comes into a group that was taken off them, though the provider listed them before they were known', async () => {
    const { write, membersAfterArrival } = await awaiting();
    await write('PUT', 'users/usr_ann', { email: 'ann@example.com', name: 'Ann' });
    expect([await write(...putGroup(['usr_ann'])), await write(...putGroup([]))]).toEqual([200, 200]);

    expect(await membersAfterArrival()).toEqual([]);
  });

  it('then the groups the administrator lists for a user are the groups; a write that lists none leaves it to the provider', async () => {
    const listing = await awaiting();
    await listing.write('PUT', 'users/usr_ann', { email: 'ann@example.com', name: 'Ann', groups: [] });
    const silent = await awaiting();
    await silent.write('PUT', 'users/usr_ann', { email: 'ann@example.com', name: 'Ann' });

    expect(await listing.membersAfterArrival()).toEqual([]);
    expect(await silent.membersAfterArrival()).toEqual(['usr_ann']);
  });

  it('then a group that was closed and made anew awaits nobody', async () => {
    const { write, deliver, membersAfterArrival } = await awaiting();
    expect(await write('DELETE', 'groups/grp_1')).toBe(204);
    expect(await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'Again' } })).toMatchObject({ status: 'applied' });

    expect(await membersAfterArrival()).toEqual([]);
  });

  it('but what the provider lists afterwards is awaited again, and a new name of its own takes nobody off', async () => {
    const { write, deliver, membersAfterArrival } = await awaiting();
    await write(...putGroup([]));
    await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] } });
    await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'Other' } });

    expect(await membersAfterArrival()).toEqual(['usr_ann']);
  });
});

describe('when deliveries come twice, late or in another order', () => {
  it('then the same event changes something once', async () => {
    const { bodyOf, entries } = await tenantWithProvider();
    const body = bodyOf({ type: 'user.created', data: ann });

    const answers = await Promise.all(Array.from({ length: 8 }, () => post(api, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual(['applied', ...Array.from({ length: 7 }, () => 'duplicate')]);
    expect(await entries()).toHaveLength(1);
  });

  it('then every order of the same events ends in the same state', async () => {
    const steps: Event[] = [
      { type: 'user.created', data: ann, at: '2026-03-01T10:00:00.000Z' },
      { type: 'user.updated', data: { ...ann, last_name: 'Kay' }, at: '2026-03-01T10:00:01.000Z' },
      { type: 'user.updated', data: { ...ann, status: 'SUSPENDED', last_name: 'Kay' }, at: '2026-03-01T10:00:02.000Z' },
    ];
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]]) {
      const { deliver, user } = await tenantWithProvider();
      for (const step of order) await deliver(steps[step] ?? { type: '', data: {} });
      expect(await user('usr_ann')).toMatchObject({ name: 'Ann Kay', status: 'suspended' });
    }
  });

  it('then every order of a group’s events ends with the same members and name, and late ones change nothing', async () => {
    const people = ['usr_ann', 'usr_bob', 'usr_cat'];
    const steps: Event[] = [
      { type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] }, at: '2026-03-01T10:00:00.000Z' },
      { type: 'group.updated', data: { id: 'grp_1', name: 'One', members: ['usr_ann', 'usr_bob'] }, at: '2026-03-01T10:00:01.000Z' },
      { type: 'group.updated', data: { id: 'grp_1', name: 'Two', members: ['usr_cat'] }, at: '2026-03-01T10:00:02.000Z' },
    ];
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]]) {
      const { deliver, group } = await tenantWithProvider();
      for (const id of people) await deliver({ type: 'user.created', data: { ...ann, id, email: `${id}@example.com` } });
      const answers: unknown[] = [];
      for (const step of order) answers.push((await deliver(steps[step] ?? { type: '', data: {} })).status);
      expect((await group('grp_1')).body).toMatchObject({ name: 'Two', members: ['usr_cat'] });
      expect(answers.slice(order.indexOf(2) + 1)).toEqual(order.slice(order.indexOf(2) + 1).map(() => 'stale'));
    }
  });

  it('then a group that was deleted stays so, whatever comes late, also when the deletion came first of all', async () => {
    const { deliver, group } = await tenantWithProvider();
    await deliver({ type: 'user.created', data: ann });
    expect(await deliver({ type: 'group.deleted', data: { id: 'grp_1' }, at: '2026-03-01T10:00:05Z' })).toMatchObject({ status: 'unchanged' });
    expect(await deliver({ type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] }, at: '2026-03-01T10:00:00Z' })).toMatchObject({ http: 200, status: 'stale' });
    expect(await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] }, at: '2026-03-01T10:00:04Z' })).toMatchObject({ http: 200, status: 'stale' });
    expect((await group('grp_1')).status).toBe(404);
  });

  it('then what is late does not bring back who was deleted, also when the deletion came first of all', async () => {
    const { deliver, user } = await tenantWithProvider();
    expect(await deliver({ type: 'user.deleted', data: { id: ann.id }, at: '2026-03-01T10:00:05Z' })).toMatchObject({ http: 200, status: 'unchanged' });
    expect(await deliver({ type: 'user.created', data: ann, at: '2026-03-01T10:00:00Z' })).toMatchObject({ http: 200, status: 'stale' });
    expect(await user('usr_ann')).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});
