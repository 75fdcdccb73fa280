// Tokens limited to profiles: routes that ask for a scope refuse them, but for the few that judge what is asked for.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Route } from '../../api/route/define-route.ts';
import { routes } from '../../api/routes.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

const byScope = routes.filter(({ access }) => typeof access === 'object');
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

let api: TestApi;
let tenants = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

/** Workspaces w1 and w2 of one organization, each with a share: s1, s2. */
async function tenantOfTwo() {
  tenants += 1;
  const tenantId = `limited${String(tenants)}`;
  await api.makeTenant(tenantId);
  const whole = await tokenFor({ tenantId, scope: '*' });
  const limited = await tokenFor({ tenantId, scope: '*', entities: ['workspace:w1', 'share:unmade'] });
  const put = (id: string, json: object) => api.call(`/api/v1/directory/profiles/${id}`, { method: 'PUT', token: whole, json });
  await put('o1', { type: 'org', name: 'O' });
  for (const n of ['1', '2']) {
    await put(`w${n}`, { type: 'workspace', name: 'W', parent_id: 'o1' });
    await put(`s${n}`, { type: 'share', name: 'S', parent_id: `w${n}` });
  }
  const ingest = (entries: readonly object[], { token = limited, query = '' } = {}) =>
    api.call(`/api/v1/events${query}`, { method: 'POST', token, json: { events: entries.map((entry) => ({ event_type: 'file.create', ...entry })) } });
  return { tenantId, whole, limited, put, ingest };
}

const refusedFields = ({ status, body }: Answered): unknown[] => [
  status,
  body.error?.code,
  body.error?.details?.entries?.map(({ index, fields }: { index: number; fields: { field: string }[] }) => [index, ...fields.map(({ field }) => field)]),
];

describe('when a route asks for a scope', () => {
  it('then only these judge for themselves what a limited token may', () => {
    expect(byScope.filter(({ limitedTokens }) => limitedTokens === 'judged').map(nameOf).sort()).toEqual([
      'DELETE /api/v1/directory/profiles/{id}',
      'DELETE /api/v1/directory/profiles/{id}/members/{member_id}',
      'POST /api/v1/events',
      'POST /api/v1/sync/force',
      'PUT /api/v1/directory/profiles/{id}',
      'PUT /api/v1/directory/profiles/{id}/members/{member_id}',
    ]);
  });

  it('then every other refuses a limited token whatever its scope, and not the same token without limits', async () => {
    const { whole, limited, tenantId } = await tenantOfTwo();
    const limitedAdmin = await tokenFor({ tenantId, scope: 'tenant:admin', entities: ['workspace:w1'] });
    const refusing = byScope.filter(({ limitedTokens }) => limitedTokens === 'refused');
    const answers = await Promise.all(
      refusing.map(async (route) => {
        const path = route.path.replaceAll(/\{[^}]*\}/g, 'x1');
        const statusOf = async (token: string) => (await api.call(path, { method: route.method, token })).status;
        return { route: nameOf(route), limited: [await statusOf(limited), await statusOf(limitedAdmin)], whole: await statusOf(whole) };
      }),
    );

    expect(answers.length).toBeGreaterThan(40);
    expect(answers.filter((answer) => answer.limited.some((status) => status !== 403))).toEqual([]);
    expect(answers.filter((answer) => answer.whole === 403 || answer.whole >= 500)).toEqual([]);
  });
});

describe('when a limited token writes entries', () => {
  it.each<[string, object]>([
    ['a share below', { share_id: 's1' }],
    ['the workspace itself', { workspace_id: 'w1' }],
    ['a share below with what lies above it', { share_id: 's1', workspace_id: 'w1', org_id: 'o1' }],
    ['a share that it names and nobody put into the directory', { share_id: 'unmade' }],
  ])('then %s is taken', async (_what, place) => {
    const { ingest } = await tenantOfTwo();

    expect((await ingest([place])).status).toBe(201);
  });

  it.each<[string, object, string]>([
    ['a share elsewhere', { share_id: 's2' }, 'share_id'],
    ['a share elsewhere under a workspace of its own', { share_id: 's2', workspace_id: 'w1' }, 'share_id'],
    ['a share of its own under a workspace elsewhere', { share_id: 's1', workspace_id: 'w2' }, 'workspace_id'],
    ['an unmade share of its own under what it does not lie in', { share_id: 'unmade', org_id: 'o1' }, 'org_id'],
    ['another workspace', { workspace_id: 'w2' }, 'workspace_id'],
    ['the organization above', { org_id: 'o1' }, 'org_id'],
    ['a share that nobody knows', { share_id: 'nobody' }, 'share_id'],
    ['its workspace called a share', { share_id: 'w1' }, 'share_id'],
    ['no profile', {}, 'share_id'],
  ])('then %s is refused and the field named', async (_what, place, field) => {
    const { ingest, whole } = await tenantOfTwo();

    expect(refusedFields(await ingest([{ share_id: 's1' }, place]))).toEqual([403, 'FORBIDDEN', [[1, field]]]);
    expect((await ingest([place], { token: whole })).status).toBe(201);
  });

  it('then with partial=1 what lies within is stored, and the rest says why not', async () => {
    const { ingest } = await tenantOfTwo();
    const { status, body } = await ingest([{ share_id: 's2' }, { share_id: 's1' }, { surprise: 1 }], { query: '?partial=1' });

    expect(status).toBe(201);
    expect(body.results).toMatchObject([
      { id: null, status: 'rejected', error: { code: 'FORBIDDEN', fields: [{ field: 'share_id' }] } },
      { status: 'created' },
      { status: 'rejected', error: { code: 'VALIDATION_FAILED' } },
    ]);
    expect(refusedFields(await ingest([{ share_id: 's2' }, { surprise: 1 }]))).toEqual([422, 'VALIDATION_FAILED', [[0, 'share_id'], [1, 'surprise']]]);
  });

  it('then the tree of today counts', async () => {
    const { ingest, put } = await tenantOfTwo();
    await put('s1', { type: 'share', name: 'S', parent_id: 'w2' });
    await put('s2', { type: 'share', name: 'S', parent_id: 'w1' });

    expect((await ingest([{ share_id: 's1' }])).status).toBe(403);
    expect((await ingest([{ share_id: 's2' }])).status).toBe(201);
  });
});

describe('when a limited token asks a route that judges', () => {
  it('then its own profiles are served and others are not', async () => {
    const { limited } = await tenantOfTwo();
    const call = async (method: string, path: string, json?: object) => (await api.call(path, { method, token: limited, json })).status;
    const profiles = '/api/v1/directory/profiles';

    expect(await call('POST', '/api/v1/sync/force', { share_id: 's1' })).toBe(202);
    expect(await call('POST', '/api/v1/sync/force', { share_id: 's2' })).toBe(404);
    for (const [n, put, gone] of [['1', 200, 204], ['2', 403, 403]] as const) {
      expect(await call('PUT', `${profiles}/s${n}`, { type: 'share', name: 'New', parent_id: `w${n}` })).toBe(put);
      expect(await call('PUT', `${profiles}/s${n}/members/nobody`, { role: 'member' })).toBe(n === '1' ? 422 : 403);
      expect(await call('DELETE', `${profiles}/s${n}/members/nobody`)).toBe(n === '1' ? 404 : 403);
      expect(await call('DELETE', `${profiles}/s${n}`)).toBe(gone);
    }
  });
});
