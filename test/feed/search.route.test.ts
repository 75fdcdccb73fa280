// GET /current/events/search/ and /details/, row by row as the public documents have them: parameters, answers, refusals and levels of detail.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queryAs } from '../../db/tenant-transaction.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { feedTenant, org, share, uploaded, workspace } from './feed-tenant.ts';
import type { FeedTenant } from './feed-tenant.ts';

let api: TestApi;
let tenant: FeedTenant;
const sample: { id: string } = { id: '' };

beforeAll(async () => {
  api = await startTestApi();
  tenant = await feedTenant(api);
  [sample.id = ''] = await tenant.tell(uploaded);
  await tenant.tell(
    { event: 'comment_created', event_time: '2025-01-21T08:00:00Z', workspace_id: workspace, user_id: 'usr_member', resource_id: 'node_1', parent_event_id: sample.id },
    { event: 'added_member_to_workspace', event_time: '2025-01-22T08:00:00Z', workspace_id: workspace, user_id: 'usr_owner', target_user_id: 'usr_target', details: { member_name: 'T' } },
    { event: 'share_storage_file_added', event_time: '2025-01-23T08:00:00Z', share_id: share, user_id: 'usr_guest', resource_id: 'node_2' },
    { event: 'org_updated', event_time: '2025-01-24T08:00:00Z', org_id: org, user_id: 'usr_boss' },
    { event: 'node_ai_state_set', event_time: '2025-01-25T08:00:00Z', workspace_id: workspace, user_id: 'usr_member' },
    { event_type: 'admin.settings_change', event_time: '2025-01-26T08:00:00Z', workspace_id: workspace, user_id: 'usr_admin' },
  );
});
afterAll(async () => {
  await api.end();
});

const names = ({ body }: Answered): string[] => body.response.events.map(({ event }: { event: string }) => event);
const refused = ({ status, body }: Answered): unknown[] => [status, body.result, body.error?.code, typeof body.error?.text];
const past = 'created-max=2025-02-01T00:00:00Z';

describe('when events are searched', () => {
  it('then the sample of the public documents is answered field by field', async () => {
    const { status, body } = await tenant.search(`workspace_id=${workspace}&category=workspace&subcategory=storage&limit=50`);

    expect(status).toBe(200);
    expect(body).toEqual({
      result: 'yes',
      response: {
        events: [
          {
            event_id: sample.id,
            created: '2025-01-20 10:30:45',
            acknowledged: false,
            event: 'workspace_storage_file_added',
            category: 'workspace',
            sub_category: 'storage',
            object_id: 'node_def456ghi789',
            calling_user: '98765432109876543210',
            calling_user_name: 'Jane Smith',
            org_id: org,
            workspace_id: workspace,
            template: { description: expect.stringContaining('{filename}'), params: { calling_user_name: 'Jane Smith', filename: 'quarterly_report.pdf' } },
            severity: 'success',
            visibility: 'external',
            notification: 'none',
            required_params: ['calling_user_name', 'filename'],
            requires_parent_node: true,
            permission: 'member',
            filename: 'quarterly_report.pdf',
            file_size: 2485760,
          },
        ],
      },
    });
    expect(sample.id).toMatch(/^evt_[A-Za-z0-9]+$/);
  });

  it.each([
    ['share_id', `share_id=${share}`, ['share_storage_file_added']],
    ['org_id', `org_id=${org}`, ['org_updated', 'workspace_storage_file_added']],
    ['workspace_id', `workspace_id=${workspace}`, ['admin_settings_change', 'added_member_to_workspace', 'comment_created', 'workspace_storage_file_added']],
    ['user_id', 'user_id=usr_target', ['added_member_to_workspace']],
    ['parent_event_id', 'PARENT', ['comment_created']],
    ['event', `workspace_id=${workspace}&event=comment_created`, ['comment_created']],
    ['category', `org_id=${org}&category=org`, ['org_updated']],
    ['subcategory', `workspace_id=${workspace}&subcategory=members`, ['added_member_to_workspace']],
    ['calling_user_id', `workspace_id=${workspace}&calling_user_id=usr_owner`, ['added_member_to_workspace']],
    ['object_id', `workspace_id=${workspace}&object_id=node_1`, ['comment_created']],
    ['visibility external', `workspace_id=${workspace}&visibility=external&subcategory=storage`, ['workspace_storage_file_added']],
    ['visibility audit', `workspace_id=${workspace}&visibility=external_audit_log&event=admin_settings_change`, ['admin_settings_change']],
    ['acknowledged', `share_id=${share}&acknowledged=true`, []],
    ['acknowledged false', `share_id=${share}&acknowledged=false`, ['share_storage_file_added']],
    ['created-min, inclusive', `workspace_id=${workspace}&created-min=2025-01-22T08:00:00Z`, ['admin_settings_change', 'added_member_to_workspace']],
    ['created-max, exclusive', `workspace_id=${workspace}&created-max=2025-01-21 08:00:00`, ['workspace_storage_file_added']],
    ['created-min in the bare form', `workspace_id=${workspace}&created-min=2025-01-22%2008:00:00&created-max=2025-01-22%2008:00:01`, ['added_member_to_workspace']],
    ['limit', `workspace_id=${workspace}&limit=1`, ['admin_settings_change']],
    ['offset', `workspace_id=${workspace}&limit=2&offset=1`, ['added_member_to_workspace', 'comment_created']],
    ['a profile nobody knows', 'share_id=nowhere', []],
  ])('then %s selects, newest first', async (_name, query, expected) => {
    const bound = query.includes('created-max') || query === 'PARENT' ? '' : `&${past}`;
    const answered = await tenant.search(query === 'PARENT' ? `parent_event_id=${sample.id}` : `${query}${bound}`);

    expect([answered.status, names(answered)]).toEqual([200, expected]);
  });

  it('then of several profiles only the first of user, org, workspace, share counts', async () => {
    const all = { user_id: 'usr_target', org_id: org, workspace_id: workspace, share_id: share };
    const left = Object.entries(all);
    const found: string[][] = [];
    while (left.length > 0) {
      found.push(names(await tenant.search(`${new URLSearchParams(Object.fromEntries(left)).toString()}&${past}&limit=1`)));
      left.shift();
    }

    expect(found).toEqual([['added_member_to_workspace'], ['org_updated'], ['admin_settings_change'], ['share_storage_file_added']]);
  });

  it.each(['evt_', 'aud_', 'chg_', ''])('then the parent may be named with the prefix "%s", beside acknowledged, limit, offset and output', async (prefix) => {
    const answered = await tenant.search(`parent_event_id=${sample.id.replace('evt_', prefix)}&acknowledged=false&limit=5&offset=0&output=terse`);

    expect(names(answered)).toEqual(['comment_created']);
  });

  it.each([
    ['no profile and no parent', ''],
    ['nothing but a category', 'category=workspace'],
    ['created-min after created-max', `workspace_id=${workspace}&created-min=2025-02-01T00:00:00Z&created-max=2025-01-01T00:00:00Z`],
    ['created-min equal to created-max', `workspace_id=${workspace}&created-min=2025-02-01T00:00:00Z&created-max=2025-02-01 00:00:00`],
    ...['user_id=u', 'org_id=o', 'workspace_id=w', 'share_id=s', 'event=x', 'category=workspace', 'subcategory=storage', 'calling_user_id=u', 'object_id=n', 'visibility=external', 'created-min=2025-01-01T00:00:00Z', 'created-max=2025-01-01T00:00:00Z'].map(
      (beside) => [`a parent and ${beside}`, `parent_event_id=abc&${beside}`],
    ),
    ...['limit=0', 'limit=251', 'limit=x', 'limit=1.5', 'offset=-1', 'offset=x', 'acknowledged=yes', 'acknowledged=1', 'visibility=internal', 'visibility=', 'category=nonsense', 'subcategory=nonsense', `event=${'x'.repeat(101)}`, 'created-min=yesterday', 'created-max=2025-02-30T00:00:00Z', 'output=terse,standard', 'output=full,terse', 'surprise=1', 'user_id=', 'calling_user_id=a%20b', 'limit=5&limit=6'].map(
      (wrong) => [wrong, `workspace_id=${workspace}&${wrong}`],
    ),
    ['a parent that is no id', 'parent_event_id=a%2Fb'],
  ])('then %s is refused as 1605', async (_name, query) => {
    expect(refused(await tenant.search(query))).toEqual([400, 'no', 1605, 'string']);
  });

  it('then limit may be 1 to 250 and is 100 when it is not given', async () => {
    await tenant.tell(...Array.from({ length: 260 }, (_, index) => ({ event: 'comment_updated', event_time: '2025-03-01T00:00:00Z', share_id: 'shr_many', resource_id: `n${String(index)}` })));
    const counts = await Promise.all(['', '&limit=1', '&limit=250'].map(async (limit) => names(await tenant.search(`share_id=shr_many${limit}`)).length));

    expect(counts).toEqual([100, 1, 250]);
    const objects = (await tenant.search('share_id=shr_many&limit=3')).body.response.events.map(({ object_id }: { object_id: string }) => object_id);
    expect(objects).toEqual(['n259', 'n258', 'n257']);
  });
});

describe('when the answer is asked for in another shape', () => {
  const terse = ['event_id', 'event', 'category', 'object_id', 'created'];
  const standard = [...terse, 'sub_category', 'calling_user', 'org_id', 'workspace_id', 'user_id', 'share_id', 'acknowledged', 'template', 'severity', 'visibility', 'notification'];

  it.each([
    ['terse', terse],
    ['standard', standard],
    ['terse,unknown', terse],
    [' standard , nonsense', standard],
  ])('then output=%s carries exactly the fields of its level, null where one does not apply', async (output, fields) => {
    for (const path of [`/current/event/${sample.id}/details/?`, `/current/events/search/?org_id=${org}&${past}&`]) {
      const { body } = await tenant.get(`${path}output=${encodeURIComponent(output)}`);
      const events: Record<string, unknown>[] = body.response.events ?? [body.response.event];
      for (const event of events) expect(Object.keys(event).sort()).toEqual([...fields].sort());
    }
    const { body } = await tenant.search(`org_id=${org}&event=org_updated&output=${encodeURIComponent(output)}`);
    expect(body.response.events[0].object_id).toBeNull();
  });

  it('then full, an unknown token and no output are byte for byte the same, and what does not apply is absent', async () => {
    const texts = await Promise.all(['', 'output=full', 'output=nonsense', 'output='].map(async (output) => JSON.stringify((await tenant.search(`org_id=${org}&${past}&${output}`)).body)));

    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toContain('null');
    for (const field of ['required_params', 'requires_parent_node', 'permission']) expect(texts[0]).toContain(`"${field}"`);
  });

  it('then markdown is a table for a list and a list for one event, and a refusal is Markdown too', async () => {
    const list = await tenant.search(`workspace_id=${workspace}&event=workspace_storage_file_added&output=terse,markdown`);
    const one = await tenant.get(`/current/event/${sample.id}/details/?output=standard,markdown`);
    const wrong = await tenant.search('limit=0&output=markdown');

    for (const answered of [list, one, wrong]) expect(answered.headers.get('content-type')).toBe('text/markdown; charset=UTF-8');
    expect(list.body).toBe(
      `**Result:** success\n\n# events\n\n| event\\_id | event | category | object\\_id | created |\n| --- | --- | --- | --- | --- |\n| ${sample.id.replace('_', '\\_')} | workspace\\_storage\\_file\\_added | workspace | node\\_def456ghi789 | 2025-01-20 10:30:45 |\n`,
    );
    expect(one.body).toMatch(/^\*\*Result:\*\* success\n\n# event\n\n- \*\*event\\_id:\*\* evt/);
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatch(/^\*\*Result:\*\* failure\n\n# Error\n\n- \*\*code:\*\* 1605\n[^]*- \*\*resource:\*\* GET Events Search\n\n## params\n\n\| name \| kind \| message \|/);
  });

  it('then text of others cannot break out of a cell', async () => {
    await tenant.tell({ event: 'comment_created', share_id: 'shr_md', resource_id: 'a|b\n# c <script>' });
    const { body } = await tenant.search('share_id=shr_md&output=terse,markdown');

    expect(body).toContain('| a\\|b \\# c \\<script\\> |');
  });

  it('then what an entry tells beside its fields never takes the place of one', async () => {
    await tenant.tell({ event: 'comment_created', share_id: 'shr_extra', details: { event_id: 'x', share_id: 'y', user_id: 'z', permission: 'p', created: 1, calling_user_name: 'q', mine: true, __proto__: null } });
    const [event] = (await tenant.search('share_id=shr_extra')).body.response.events;

    expect(event).toMatchObject({ share_id: 'shr_extra', permission: 'member', mine: true });
    expect(event).not.toHaveProperty('user_id');
    expect(event).not.toHaveProperty('calling_user_name');
  });
});

describe('when an entry tells of an own action', () => {
  it('then how the call came in is shown to nobody here, but what it did is; what a producer calls a request is shown', async () => {
    await tenant.tell({ event: 'share_updated', share_id: share, details: { request: 'of the producer' } });
    await tenant.put(`profiles/${share}`, { type: 'share', name: 'Client Files 2026', parent_id: workspace });
    const stored = await queryAs<{ id: string; has_request: boolean }>(api.world.pool, tenant.tenantId, {
      text: `SELECT id, details ? 'request' AS has_request FROM entry WHERE tenant_id = $1 AND own_action = 'update_profile' AND share_id = $2 ORDER BY seq DESC LIMIT 1`,
      values: [tenant.tenantId, share],
    });
    expect(stored).toMatchObject([{ has_request: true }]);

    const own = `evt_${String(stored[0]?.id)}`;
    const guest = await tenant.token('usr_guest');
    for (const token of [guest, tenant.admin]) {
      const found = (await tenant.search(`share_id=${share}&limit=250`, token)).body.response.events.filter(({ event }: { event: string }) => event !== 'share_storage_file_added');
      expect(found.find(({ event_id: id }: { event_id: string }) => id === own)).not.toHaveProperty('request');
      expect(found.filter(({ request }: { request?: unknown }) => request !== undefined)).toMatchObject([{ request: 'of the producer' }]);
      const details = await tenant.get(`/current/event/${own}/details/`, token);
      expect(details.status).toBe(200);
      expect(details.body.response.event).not.toHaveProperty('request');
      expect((await tenant.get(`/current/event/${own}/details/?output=markdown`, token)).body).not.toContain('auth\\_ms');
    }
  });
});

describe('when one event is read', () => {
  it.each(['evt_', 'aud_', 'chg_', ''])('then its id may have the prefix "%s"', async (prefix) => {
    const { status, body } = await tenant.get(`/current/event/${sample.id.replace('evt_', prefix)}/details/`);

    expect([status, body.result, body.response.event.event_id, body.response.event.file_size]).toEqual([200, 'yes', sample.id, 2485760]);
  });

  it.each([
    ['an id nobody gave', '/current/event/evt_abc123xyz789/details/', 404, 1609],
    ['no id', '/current/event//details/', 400, 1605],
    ['what is no id', '/current/event/not-an-id!/details/', 400, 1605],
    ['NUL in the id', '/current/event/evt_a%00/details/', 400, 1605],
    ['two levels', '/current/event/evt_abc/details/?output=terse,full', 400, 1605],
    ['an unknown path', '/current/nothing/here/', 404, 1609],
  ])('then %s is refused', async (_name, path, status, code) => {
    expect(refused(await tenant.get(path))).toEqual([status, 'no', code, 'string']);
  });
});

describe('when the way to it is wrong', () => {
  const paths = ['/current/events/search/', `/current/event/evt_abc/details/`];

  it.each(paths)('then any method but GET on %s is 1651', async (path) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answered = await api.call(path, { method, token: tenant.admin });
      expect(refused(answered)).toEqual([400, 'no', 1651, 'string']);
      expect(answered.headers.get('allow')).toContain('GET');
    }
  });

  it.each(paths)('then no token, a wrong one and an expired one on %s are 1650', async (path) => {
    const none = await fetch(`${api.url}${path}`);
    expect([none.status, ((await none.json()) as { error: { code: number } }).error.code]).toEqual([401, 1650]);
    for (const token of ['nonsense', await tenant.token('usr_member', { expiresIn: '-1h' })]) expect(refused(await api.call(path, { token }))).toEqual([401, 'no', 1650, 'string']);
  });

  it('then a failure on our side is 1600 in search and 1654 in details, without a word of what it was', async () => {
    const other = await startTestApi();
    const { admin } = await feedTenant(other);
    await other.world.pool.end();
    const search = await other.call(`/current/events/search/?workspace_id=${workspace}`, { token: admin });
    const details = await other.call('/current/event/evt_abc/details/', { token: admin });
    await other.end().catch(() => undefined);

    expect([refused(search), refused(details)]).toEqual([[500, 'no', 1600, 'string'], [500, 'no', 1654, 'string']]);
    expect(search.body.error.text).not.toMatch(/pool|pg|end/i);
  });
});

describe('when it is asked too often', () => {
  it('then the sixth search within three seconds is 1671 and says when to come back, and the details are still read', async () => {
    const counted = await startTestApi({ rateLimits: 'on' });
    try {
      await counted.makeTenant('often');
      const token = await tokenFor({ tenantId: 'often', scope: 'tenant:admin' });
      const searches = await Promise.all(Array.from({ length: 6 }, () => counted.call('/current/events/search/?share_id=s', { token })));
      const tooMany = searches.filter(({ status }) => status === 429);

      expect(searches.filter(({ status }) => status === 200)).toHaveLength(5);
      expect(tooMany.map(refused)).toEqual([[429, 'no', 1671, 'string']]);
      expect(Number(tooMany[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect((await counted.call('/current/event/evt_abc/details/', { token })).status).toBe(404);
    } finally {
      await counted.end();
    }
  });
});
