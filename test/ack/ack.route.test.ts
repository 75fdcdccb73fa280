// Acks at the door: one event, many, everything up to a cursor, taken back; and what is unread.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { feedTenant, org, share, workspace } from '../feed/feed-tenant.ts';
import type { FeedTenant } from '../feed/feed-tenant.ts';

let api: TestApi;
let tenant: FeedTenant;
let member: string;

beforeAll(async () => {
  api = await startTestApi();
  await freshTenant();
});
afterAll(async () => {
  await api.end();
});

async function freshTenant(): Promise<void> {
  tenant = await feedTenant(api);
  member = await tenant.token('usr_member');
}

const refused = ({ status, body }: Answered): unknown[] => [status, body.result, body.error?.code, typeof body.error?.text];
const ack = (id: string, token = member) => api.call(`/current/event/${id}/ack/`, { method: 'POST', token });
const unack = (id: string, token = member) => api.call(`/current/event/${id}/ack/`, { method: 'DELETE', token });
const many = (json: unknown, token = member) => api.call('/current/events/ack/', { method: 'POST', token, json });
const unread = async (token = member) => (await api.call('/current/events/unread/', { token })).body.response as { profiles: Record<string, number>; total: number };
const comment = (more: Record<string, unknown> = {}) => ({ event: 'comment_created', workspace_id: workspace, user_id: 'usr_owner', ...more });

async function head(): Promise<string> {
  return (await api.call('/api/v1/sync/changes', { token: tenant.admin })).body.cursor as string;
}

async function shownAs(acknowledged: boolean, token = member): Promise<string[]> {
  const { body } = await tenant.search(`workspace_id=${workspace}&event=comment_created&acknowledged=${String(acknowledged)}`, token);
  for (const event of body.response.events) expect(event.acknowledged).toBe(acknowledged);
  return body.response.events.map(({ event_id }: { event_id: string }) => event_id);
}

describe('when one event is acknowledged', () => {
  it('then it is so for that user alone, again changes nothing, and it can be taken back', async () => {
    await freshTenant();
    const [first = '', second = ''] = await tenant.tell(comment(), comment());
    const before = await unread();

    expect(await ack(first)).toMatchObject({ status: 200, body: { result: 'yes' } });
    expect((await ack(first)).body).toEqual({ result: 'yes' });
    expect([await shownAs(true), await shownAs(false)]).toEqual([[first], [second]]);
    expect(await shownAs(false, await tenant.token('usr_viewer'))).toEqual([second, first]);
    expect((await tenant.get(`/current/event/${first}/details/`, member)).body.response.event.acknowledged).toBe(true);
    expect(await unread()).toEqual({ profiles: { ...before.profiles, [workspace]: (before.profiles[workspace] ?? 0) - 1 }, total: before.total - 1 });

    expect((await unack(first)).body).toEqual({ result: 'yes' });
    expect((await unack(first)).body).toEqual({ result: 'yes' });
    expect(await shownAs(true)).toEqual([]);
    expect(await unread()).toEqual(before);
  });

  it.each(['evt_', 'aud_', 'chg_', ''])('then its id may have the prefix "%s"', async (prefix) => {
    const [id = ''] = await tenant.tell(comment());

    expect((await ack(id.replace('evt_', prefix))).status).toBe(200);
    expect(await shownAs(true)).toContain(id);
  });

  it.each([
    ['an id nobody gave', '/current/event/evt_abc123xyz789/ack/', 404, 1609],
    ['no id', '/current/event//ack/', 400, 1605],
    ['what is no id', '/current/event/a-b/ack/', 400, 1605],
  ])('then %s is refused', async (_name, path, status, code) => {
    expect(refused(await api.call(path, { method: 'POST', token: member }))).toEqual([status, 'no', code, 'string']);
    expect(refused(await api.call(path, { method: 'DELETE', token: member }))).toEqual([status, 'no', code, 'string']);
  });

  it('then another method is 1651 and a missing token 1650', async () => {
    expect(refused(await api.call('/current/event/evt_abc/ack/', { token: member }))).toEqual([400, 'no', 1651, 'string']);
    expect(refused(await api.call('/current/events/ack/', { token: member }))).toEqual([400, 'no', 1651, 'string']);
    expect(refused(await api.call('/current/events/unread/', { method: 'POST', token: member }))).toEqual([400, 'no', 1651, 'string']);
    expect(refused(await ack('evt_abc', 'nonsense'))).toEqual([401, 'no', 1650, 'string']);
  });

  it('then what cannot be kept is 1664', async () => {
    const other = await startTestApi();
    const broken = await feedTenant(other);
    await other.world.pool.end();
    const answered = await other.call('/current/event/evt_abc/ack/', { method: 'POST', token: broken.admin });
    await other.end().catch(() => undefined);

    expect(refused(answered)).toEqual([500, 'no', 1664, 'string']);
  });
});

describe('when many are acknowledged', () => {
  it('then all of them or none are, and the answer says how many were new', async () => {
    await freshTenant();
    const [first = '', second = '', third = ''] = await tenant.tell(comment(), comment(), comment());
    await ack(first);

    expect((await many({ event_ids: [first, second, second.replace('evt_', 'aud_')] })).body).toEqual({ result: 'yes', response: { acknowledged: 1 } });
    expect(refused(await many({ event_ids: [third, 'evt_unknown'] }))).toEqual([404, 'no', 1609, 'string']);
    expect(await shownAs(false)).toEqual([third]);
  });

  it('then a body that says neither which nor up to where is told that it should', async () => {
    await freshTenant();

    expect((await many({})).body.error).toMatchObject({ code: 1605, text: expect.stringContaining('expected event_ids or through') });
  });

  it('then everything shown up to a cursor is, and nothing above it and nothing that is not shown', async () => {
    await freshTenant();
    const [first = '', , elsewhere = ''] = await tenant.tell(comment(), comment({ permission: 'admin' }), { event: 'share_updated', share_id: share, user_id: 'usr_guest' });
    const through = await head();
    const [later = ''] = await tenant.tell(comment());
    const before = await unread();
    const { status, body } = await many({ through });

    expect(status).toBe(200);
    expect(body.response.acknowledged).toBe(before.total - 1);
    expect(await unread()).toEqual({ profiles: { [workspace]: 1 }, total: 1 });
    expect([await shownAs(true), await shownAs(false)]).toEqual([[first], [later]]);
    expect((await many({ through })).body.response.acknowledged).toBe(0);
    const guest = await tenant.token('usr_guest');
    expect((await tenant.get(`/current/event/${elsewhere}/details/`, guest)).body.response.event.acknowledged).toBe(false);
  });

  it('then the search narrows it, under its own names', async () => {
    await freshTenant();
    const [one = '', other = ''] = await tenant.tell(comment({ resource_id: 'n1' }), comment({ resource_id: 'n2' }));
    const through = await head();

    expect((await many({ through, workspace_id: workspace, object_id: 'n1' })).body.response.acknowledged).toBe(1);
    expect([await shownAs(true), await shownAs(false)]).toEqual([[one], [other]]);
    expect((await many({ through, workspace_id: workspace, 'created-max': '2001-01-01 00:00:00' })).body.response.acknowledged).toBe(0);
  });

  it.each([
    ['nothing', {}],
    ['both ways at once', { event_ids: ['evt_a'], through: 'x' }],
    ['no ids', { event_ids: [] }],
    ['too many ids', { event_ids: Array.from({ length: 1_001 }, (_, index) => `evt_${String(index)}`) }],
    ['what is no id', { event_ids: ['a-b'] }],
    ['a cursor that is none', { through: 'nonsense' }],
    ['an unknown filter', { through: 'x', surprise: 1 }],
    ['a filter for reading alone', { through: 'x', acknowledged: 'true' }],
    ['a parent with something beside it', { through: 'x', parent_event_id: 'evt_a', event: 'y' }],
  ])('then %s is refused as 1605', async (_name, json) => {
    expect(refused(await many(json))).toEqual([400, 'no', 1605, 'string']);
  });

  it('then a cursor of another tenant is none, and a limited token may not name another profile', async () => {
    const through = await head();
    const other = await feedTenant(api);

    expect(refused(await many({ through }, await other.token('usr_member')))).toEqual([400, 'no', 1605, 'string']);
    const limited = await tenant.token('usr_member', { entities: [`share:${share}`] });
    expect(refused(await many({ through, workspace_id: workspace }, limited))).toEqual([403, 'no', 1680, 'string']);
  });
});

describe('when the unread are counted', () => {
  it('then an event counts once for each profile it names, and once in the total', async () => {
    await freshTenant();
    const boss = await tenant.token('usr_boss');
    await many({ through: await head() }, boss);
    await tenant.tell(comment({ org_id: org, share_id: share }), comment({ org_id: org }), comment(), comment({ workspace_id: 'unknown', target_user_id: 'usr_boss' }), { event: 'user_updated', user_id: 'usr_boss' });

    expect(await unread(boss)).toEqual({ profiles: { [org]: 2, [workspace]: 3, [share]: 1, unknown: 1 }, total: 5 });
  });

  it('then a change of role or membership shows at once, both ways, although everything had been read', async () => {
    await freshTenant();
    await tenant.tell(...Array.from({ length: 150 }, () => comment()), ...Array.from({ length: 3 }, () => comment({ permission: 'admin' })));
    const atFirst = await unread();
    await many({ through: await head() });
    expect((await unread()).total).toBe(0);
    expect((await unread()).total).toBe(0);

    await tenant.put(`profiles/${workspace}/members/usr_member`, { role: 'admin' });
    const asAdmin = await unread();
    expect(asAdmin.total).toBeGreaterThanOrEqual(3);
    await tenant.put(`profiles/${workspace}/members/usr_member`, { role: 'member' });
    expect((await unread()).total).toBeLessThan(asAdmin.total);
    await tenant.remove(`profiles/${workspace}/members/usr_member`);
    const own = (await tenant.search('user_id=usr_member&acknowledged=false', member)).body.response.events;
    expect((await unread()).total).toBe(own.length);
    expect(atFirst.total).toBeGreaterThanOrEqual(150);
  });
});
