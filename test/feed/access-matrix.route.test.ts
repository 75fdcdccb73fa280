// Who is shown what: every kind of entry against everybody who may ask, at search, details, ack and the unread count.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { feedTenant, org, share, workspace } from './feed-tenant.ts';
import type { FeedTenant } from './feed-tenant.ts';

/** All happened in the workspace and were done by usr_caller; the last but one and its neighbour concern usr_target. */
const kinds = {
  forMembers: { visibility: 'external', permission: 'member' },
  forAdmins: { visibility: 'external', permission: 'admin' },
  auditForMembers: { visibility: 'external_audit_log', permission: 'member' },
  auditForAdmins: { visibility: 'external_audit_log', permission: 'admin' },
  targeted: { visibility: 'external', permission: 'targeted', target_user_id: 'usr_target' },
  auditTargeted: { visibility: 'external_audit_log', permission: 'targeted', target_user_id: 'usr_target' },
  internal: { visibility: 'internal', permission: 'member', target_user_id: 'usr_target' },
} as const;
type Kind = keyof typeof kinds;

interface Sight {
  readonly feed: readonly Kind[];
  readonly auditView: readonly Kind[];
  readonly details: readonly Kind[];
}

const asMember: Sight = { feed: ['forMembers', 'auditForMembers'], auditView: ['auditForMembers'], details: ['forMembers', 'auditForMembers'] };
const asAdmin: Sight = {
  feed: ['forMembers', 'forAdmins', 'auditForMembers', 'auditForAdmins'],
  auditView: ['auditForMembers', 'auditForAdmins', 'auditTargeted'],
  details: ['forMembers', 'forAdmins', 'auditForMembers', 'auditForAdmins', 'auditTargeted'],
};
const asCaller: Sight = {
  feed: ['forMembers', 'forAdmins', 'auditForMembers', 'auditForAdmins', 'targeted', 'auditTargeted'],
  auditView: ['auditForMembers', 'auditForAdmins', 'auditTargeted'],
  details: ['forMembers', 'forAdmins', 'auditForMembers', 'auditForAdmins', 'targeted', 'auditTargeted'],
};
const asTarget: Sight = {
  feed: ['forMembers', 'auditForMembers', 'targeted', 'auditTargeted'],
  auditView: ['auditForMembers', 'auditTargeted'],
  details: ['forMembers', 'auditForMembers', 'targeted', 'auditTargeted'],
};
const nothing: Sight = { feed: [], auditView: [], details: [] };

interface Row {
  readonly who: string;
  readonly userId: string;
  readonly sight: Sight;
  readonly scope?: string;
  readonly entities?: readonly string[];
  readonly expiresIn?: string;
  /** What search answers instead of 200. */
  readonly search?: readonly [number, number];
  /** What details and ack answer for what is not shown; 400/1605 unless given. */
  readonly hidden?: readonly [number, number];
}

const table: readonly Row[] = [
  { who: 'the owner', userId: 'usr_owner', sight: asAdmin },
  { who: 'an admin', userId: 'usr_admin', sight: asAdmin },
  { who: 'a member', userId: 'usr_member', sight: asMember },
  { who: 'a viewer', userId: 'usr_viewer', sight: asMember },
  { who: 'the caller', userId: 'usr_caller', sight: asCaller },
  { who: 'the target', userId: 'usr_target', sight: asTarget },
  { who: 'an admin of the organization above', userId: 'usr_boss', sight: asAdmin },
  { who: 'a member of the organization above, which the events do not name', userId: 'usr_staff', sight: nothing },
  { who: 'a member of a share below', userId: 'usr_guest', sight: nothing },
  { who: 'somebody of the directory without membership', userId: 'usr_stranger', sight: nothing },
  { who: 'somebody the directory does not know', userId: 'usr_nobody', sight: nothing },
  { who: 'somebody whose membership was taken away', userId: 'usr_former', sight: nothing },
  { who: 'an admin of the tenant', userId: 'usr_stranger', scope: 'tenant:admin', sight: asAdmin },
  { who: 'an auditor by scope', userId: 'usr_stranger', scope: 'audit:read compliance:manage events:write', sight: nothing },
  { who: 'a token limited to the workspace', userId: 'usr_admin', entities: [`workspace:${workspace}`], sight: asAdmin },
  { who: 'a token limited to a share below', userId: 'usr_admin', entities: [`share:${share}`], sight: nothing, search: [403, 1680] },
  { who: 'a token of the caller limited elsewhere', userId: 'usr_caller', entities: [`share:${share}`], sight: nothing, search: [403, 1680] },
  { who: 'a tenant admin limited elsewhere', userId: 'usr_root', scope: 'tenant:admin', entities: ['workspace:other'], sight: nothing, search: [403, 1680] },
  { who: 'an expired token', userId: 'usr_admin', expiresIn: '-1h', sight: nothing, search: [401, 1650], hidden: [401, 1650] },
  { who: 'a suspended user', userId: 'usr_suspended', sight: nothing, search: [403, 1680], hidden: [403, 1680] },
  { who: 'a suspended user with the widest scope', userId: 'usr_suspended', scope: '*', sight: nothing, search: [403, 1680], hidden: [403, 1680] },
];

let api: TestApi;
let tenant: FeedTenant;
const ids = new Map<string, Kind>();
/** Before the entries of this test: what the directory wrote about the same people stands below. */
let before = '';

beforeAll(async () => {
  api = await startTestApi();
  tenant = await feedTenant(api);
  for (const who of ['usr_former', 'usr_suspended']) {
    await tenant.put(`users/${who}`, { email: 'x@example.com', name: 'X' });
    await tenant.put(`profiles/${workspace}/members/${who}`, { role: 'admin' });
  }
  await tenant.remove(`profiles/${workspace}/members/usr_former`);
  await tenant.put('users/usr_suspended', { email: 'x@example.com', name: 'X', status: 'suspended' });
  before = (await tenant.get('/api/v1/sync/changes')).body.cursor;
  const told = await tenant.tell(...Object.values(kinds).map((kind) => ({ event: 'workspace_updated', workspace_id: workspace, user_id: 'usr_caller', ...kind })));
  for (const [index, kind] of (Object.keys(kinds) as Kind[]).entries()) ids.set(told[index] ?? '', kind);
});
afterAll(async () => {
  await api.end();
});

describe.each(table)('when $who asks', ({ userId, scope = '', entities, expiresIn, sight, search: refusedSearch, hidden = [400, 1605] }) => {
  const token = () => tenant.token(userId, { scope, ...(entities === undefined ? {} : { entities }), ...(expiresIn === undefined ? {} : { expiresIn }) });

  it.each([
    ['feed', ''],
    ['auditView', '&visibility=external_audit_log'],
  ] as const)('then the search in the %s shows exactly that', async (view, more) => {
    const { status, body } = await tenant.search(`workspace_id=${workspace}&event=workspace_updated${more}`, await token());
    if (refusedSearch !== undefined) {
      expect([status, body.error?.code]).toEqual(refusedSearch);
      return;
    }
    const shown = body.response.events.map(({ event_id }: { event_id: string }) => ids.get(event_id));

    expect([status, [...shown].sort()]).toEqual([200, [...sight[view]].sort()]);
  });

  it('then details, ack and un-ack are for exactly what is shown', async () => {
    const by = await token();
    for (const [id, kind] of ids) {
      const isShown = sight.details.includes(kind);
      const expected = isShown ? [200, undefined] : hidden;
      const details = await tenant.get(`/current/event/${id}/details/`, by);
      const ack = await api.call(`/current/event/${id}/ack/`, { method: 'POST', token: by });
      const many = await api.call('/current/events/ack/', { method: 'POST', token: by, json: { event_ids: [id] } });
      const taken = await api.call(`/current/event/${id}/ack/`, { method: 'DELETE', token: by });
      for (const { status, body } of [details, ack, many, taken]) expect({ kind, answer: [status, body.error?.code] }).toEqual({ kind, answer: expected });
    }
  });

  it('then as much is unread as the feed shows of it', async () => {
    const by = await token();
    await api.call('/current/events/ack/', { method: 'POST', token: by, json: { through: before } });
    const { status, body } = await tenant.get('/current/events/unread/', by);
    if (status !== 200) {
      expect([status, body.error.code]).toEqual(hidden);
      return;
    }
    const { length } = sight.feed;

    expect(body.response).toEqual({ profiles: length === 0 ? {} : { [workspace]: length }, total: length });
  });
});

describe('when another tenant asks', () => {
  it('then nothing of this one is in any answer, and its ids are unknown', async () => {
    const other = await feedTenant(api);
    const by = await tokenFor({ tenantId: other.tenantId, userId: 'usr_caller', scope: 'tenant:admin' });
    const answers = [await other.search('calling_user_id=usr_caller&user_id=usr_target', by), await other.search(`workspace_id=${workspace}&event=workspace_updated`, by), await other.get('/current/events/unread/', by)];
    for (const id of ids.keys()) {
      const single = [
        await other.get(`/current/event/${id}/details/`, by),
        await api.call(`/current/event/${id}/ack/`, { method: 'POST', token: by }),
        await api.call(`/current/event/${id}/ack/`, { method: 'DELETE', token: by }),
        await api.call('/current/events/ack/', { method: 'POST', token: by, json: { event_ids: [id] } }),
        await other.search(`parent_event_id=${id}`, by),
      ];
      expect(single.map(({ status, body }) => [status, body.error?.code])).toEqual([[404, 1609], [404, 1609], [404, 1609], [404, 1609], [200, undefined]]);
      answers.push(...single);
    }

    const said = JSON.stringify(answers.map(({ body }) => body as unknown));
    for (const id of ids.keys()) expect(said).not.toContain(id.slice('evt_'.length));
  });
});

describe('when an event names a whole chain of profiles', () => {
  it('then it is in the narrowest: who is a member further up does not thereby see it, whose role goes down does', async () => {
    const [id = ''] = await tenant.tell({ event: 'share_updated', org_id: org, workspace_id: workspace, share_id: share, user_id: 'usr_guest' });
    const shown = await Promise.all(
      ['usr_guest', 'usr_admin', 'usr_boss', 'usr_member', 'usr_staff'].map(async (userId) => {
        const by = await tenant.token(userId);
        const places = [`org_id=${org}`, `workspace_id=${workspace}`, `share_id=${share}`];
        const found = await Promise.all(places.map(async (place) => (await tenant.search(`${place}&event=share_updated`, by)).body.response.events.length));
        return [userId, (await tenant.get(`/current/event/${id}/details/`, by)).status, ...found];
      }),
    );

    expect(shown).toEqual([
      ['usr_guest', 200, 1, 1, 1],
      ['usr_admin', 200, 0, 1, 1],
      ['usr_boss', 200, 1, 1, 1],
      ['usr_member', 400, 0, 0, 0],
      ['usr_staff', 400, 0, 0, 0],
    ]);
  });
});

describe('when somebody asks about another user', () => {
  it('then only what they see anyway as an administrator is answered', async () => {
    const asked = async (userId: string) => {
      const { body } = await tenant.search('user_id=usr_target&event=workspace_updated', await tenant.token(userId));
      return body.response.events.map(({ event_id }: { event_id: string }) => ids.get(event_id)).sort();
    };

    expect(await asked('usr_target')).toEqual(['auditTargeted', 'targeted']);
    expect(await asked('usr_member')).toEqual([]);
    expect(await asked('usr_caller')).toEqual([]);
    expect(await asked('usr_admin')).toEqual([]);
    const { body } = await tenant.search('user_id=usr_target&visibility=external_audit_log', await tenant.token('usr_admin'));
    expect(body.response.events.map(({ event_id }: { event_id: string }) => ids.get(event_id))).toEqual(['auditTargeted']);
  });
});
