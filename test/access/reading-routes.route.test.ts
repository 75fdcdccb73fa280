// Who gets which answer at every route that reads the log or keeps a place in it: routes down, callers across, the status in the cell.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routes } from '../../api/routes.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { feedTenant, share, workspace } from '../feed/feed-tenant.ts';
import type { FeedTenant } from '../feed/feed-tenant.ts';

/**
 * member, viewer, admin: by their role in the workspace; caller and target are members of it, and the event is `targeted` from one to the other;
 * guest: a member of the share alone; auditor and tenant admin: by scope, without membership; limited: a tenant admin whose token is for another workspace;
 * other: an admin of another tenant that uses the same ids; expired and revoked: a tenant admin whose token is over, or whose session is.
 */
const table = `
route                                                   member viewer admin caller target guest auditor tenantAdmin limited other expired revoked
GET /current/events/search/                             200    200    200   200    200    200   200     200         403     200   401     401
GET /current/events/search/summarize/                   200    200    200   200    200    200   200     200         403     200   401     401
GET /current/event/{event_id}/details/                  400    400    400   200    200    400   400     400         400     404   401     401
POST /current/event/{event_id}/ack/                     400    400    400   200    200    400   400     400         400     404   401     401
DELETE /current/event/{event_id}/ack/                   400    400    400   200    200    400   400     400         400     404   401     401
POST /current/events/ack/                               400    400    400   200    200    400   400     400         400     404   401     401
GET /current/events/unread/                             200    200    200   200    200    200   200     200         200     200   401     401
GET /current/activity/poll/                             200    200    200   200    200    200   200     200         400     200   401     401
GET /current/activity/poll/{profile_id}/                200    200    200   200    200    400   400     200         400     200   401     401
GET /api/v1/enterprise/audit/events                     403    403    403   403    403    403   200     200         403     200   401     401
GET /api/v1/enterprise/audit/events/{id}                403    403    403   403    403    403   200     200         403     404   401     401
GET /api/v1/enterprise/audit/activity                   403    403    403   403    403    403   200     200         403     200   401     401
GET /api/v1/enterprise/audit/facets                     403    403    403   403    403    403   200     200         403     200   401     401
GET /api/v1/enterprise/audit/saved-queries              403    403    403   403    403    403   200     200         403     200   401     401
POST /api/v1/enterprise/audit/saved-queries             403    403    403   403    403    403   201     201         403     201   401     401
GET /api/v1/enterprise/audit/saved-queries/{id}         403    403    403   403    403    403   200     200         403     404   401     401
GET /api/v1/enterprise/audit/saved-queries/{id}/run     403    403    403   403    403    403   200     200         403     404   401     401
PATCH /api/v1/enterprise/audit/saved-queries/{id}       403    403    403   403    403    403   403     200         403     404   401     401
DELETE /api/v1/enterprise/audit/saved-queries/{id}      403    403    403   403    403    403   403     204         403     404   401     401
GET /api/audit                                          403    403    403   403    403    403   200     200         403     200   401     401
GET /api/audit/statistics                               403    403    403   403    403    403   200     200         403     200   401     401
GET /api/internal-audit-logs                            403    403    403   403    403    403   200     200         403     200   401     401
GET /api/v1/sync/changes                                404    404    200   404    404    200   404     200         404     200   401     401
GET /api/v1/sync/status                                 404    404    200   404    404    200   404     200         404     200   401     401
POST /api/v1/sync/cursor                                404    404    200   404    404    200   404     200         404     200   401     401
GET /api/v1/sync/devices                                200    200    200   200    200    200   200     200         200     200   401     401
POST /api/v1/sync/devices                               201    201    201   201    201    201   201     201         201     201   401     401
GET /api/v1/sync/preferences                            404    404    200   404    404    200   404     200         404     200   401     401
PUT /api/v1/sync/preferences                            404    404    200   404    404    200   404     200         404     200   401     401
POST /api/v1/sync/force                                 403    403    403   403    403    403   403     202         404     202   401     401
`;

const [heading = '', ...lines] = table.trim().split('\n');
const callers = heading.trim().split(/\s+/).slice(1);
const rows = lines.map((line) => {
  const [method = '', path = '', ...statuses] = line.trim().split(/\s+/);
  return { method, path, route: `${method} ${path}`, expected: Object.fromEntries(callers.map((caller, index) => [caller, Number(statuses[index])])) };
});

/** What a row asks for beyond its path; the device and the saved query are of the caller's own or made for it. */
const queries: Readonly<Record<string, string>> = {
  'GET /current/events/search/': `?workspace_id=${workspace}`,
  'GET /current/events/search/summarize/': `?workspace_id=${workspace}`,
  'GET /api/v1/sync/changes': `?share_id=${share}`,
  ...Object.fromEntries(['GET /api/v1/sync/status', 'GET /api/v1/sync/preferences', 'PUT /api/v1/sync/preferences'].map((route) => [route, `?share_id=${share}&device_id={device}`])),
  'POST /api/v1/sync/cursor': `?share_id=${share}&device_id={device}&position=0`,
};
const bodies: Readonly<Record<string, unknown>> = {
  'POST /api/v1/enterprise/audit/saved-queries': { name: 'mine', filter: { category: ['security'] } },
  'PATCH /api/v1/enterprise/audit/saved-queries/{id}': { name: 'renamed' },
  'PUT /api/v1/sync/preferences': { mode: 'full', include_paths: [], exclude_paths: [] },
  'POST /api/v1/sync/force': { share_id: share },
};

let api: TestApi;
let tenant: FeedTenant;
let eventId = '';
const tokens = new Map<string, string>();

beforeAll(async () => {
  api = await startTestApi();
  tenant = await feedTenant(api);
  const other = await feedTenant(api);
  [eventId = ''] = await tenant.tell({ event: 'workspace_updated', workspace_id: workspace, user_id: 'usr_caller', target_user_id: 'usr_target', permission: 'targeted' });
  for (const caller of ['member', 'viewer', 'admin', 'caller', 'target', 'guest']) tokens.set(caller, await tenant.token(`usr_${caller}`));
  tokens.set('auditor', await tenant.token('usr_stranger', { scope: 'audit:read' }));
  tokens.set('tenantAdmin', tenant.admin);
  tokens.set('limited', await tenant.token('usr_limited', { scope: 'tenant:admin', entities: ['workspace:elsewhere'] }));
  tokens.set('other', other.admin);
  tokens.set('expired', await tenant.token('usr_root', { scope: 'tenant:admin', expiresIn: '-1h' }));
  const revoked = await tokenFor({ tenantId: tenant.tenantId, userId: 'usr_root', scope: 'tenant:admin', sessionId: 'ses_revoked' });
  tokens.set('revoked', revoked);
  expect((await api.call('/api/v1/sync/changes', { token: revoked })).status).toBe(200);
  await api.call('/api/v1/admin/sessions/ses_revoked/revoke', { method: 'POST', token: tenant.admin });
  // A device of each; whose token is over has none, and it does not come to that.
  for (const [caller, token] of tokens) await api.call('/api/v1/sync/devices', { method: 'POST', token, json: device(caller) });
}, 30_000);
afterAll(async () => {
  await api.end();
});

const device = (caller: string) => ({ device_id: `dev_${caller}`, device_name: 'Laptop', platform: 'linux', client_version: '1.0' });

async function savedQuery(): Promise<string> {
  const { body } = await api.call('/api/v1/enterprise/audit/saved-queries', { method: 'POST', token: tenant.admin, json: { name: 'theirs', filter: { category: ['security'] } } });
  return body.id as string;
}

async function statusOf({ method, path, route }: (typeof rows)[number], caller: string): Promise<number> {
  const ids: Readonly<Record<string, string>> = { event_id: eventId, profile_id: workspace, id: path.includes('saved-queries') ? await savedQuery() : eventId, device: `dev_${caller}` };
  const url = `${path}${queries[route] ?? ''}`.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name);
  const json = route === 'POST /current/events/ack/' ? { event_ids: [eventId] } : route === 'POST /api/v1/sync/devices' ? device(`${caller}_2`) : bodies[route];
  return (await api.call(url, { method, token: tokens.get(caller) ?? '', ...(json === undefined ? {} : { json }) })).status;
}

describe('every route that reads the log', () => {
  it('when one is added, then it has a row here', () => {
    const ours = /^\/(?:current\/(?:events?|activity)\/|api\/v1\/enterprise\/audit\/(?:events(?:\/\{id\})?$|activity|facets|saved-queries)|api\/(?:internal-)?audit|api\/v1\/sync\/)/;

    expect(rows.map(({ route }) => route).sort()).toEqual(routes.filter(({ path }) => ours.test(path)).map(({ method, path }) => `${method} ${path}`).sort());
  });

  it.each(rows)('when $route is asked, then each caller gets what the table says', async (row) => {
    const answered: Record<string, number> = {};
    for (const caller of callers) answered[caller] = await statusOf(row, caller);

    expect(answered).toEqual(row.expected);
  });
});

describe('every route that is not public', () => {
  const closed = routes.filter(({ access }) => access !== 'public');

  it.each(['expired', 'revoked', 'missing'])('when the token is %s, then none lets it in, whatever else is wrong with the call', async (which) => {
    const letIn: string[] = [];
    for (const { method, path } of closed) {
      const { status } = await api.call(path.replaceAll(/\{\w+\}/g, 'x'), { method, token: tokens.get(which) ?? '' });
      if (status !== 401) letIn.push(`${method} ${path}: ${String(status)}`);
    }

    expect(closed.length).toBeGreaterThan(80);
    expect(letIn).toEqual([]);
  });
});
