// GET /current/events/search/summarize/, row by row as the public documents have it, with no provider set up and no Temporal at all.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { feedTenant, org, share, uploaded, workspace } from '../feed/feed-tenant.ts';
import type { FeedTenant } from '../feed/feed-tenant.ts';

let api: TestApi;
let tenant: FeedTenant;
const sample = { id: '' };

beforeAll(async () => {
  api = await startTestApi();
  tenant = await feedTenant(api);
  [sample.id = ''] = await tenant.tell(uploaded);
  await tenant.tell(
    { ...uploaded, event_time: '2025-01-19T10:30:45Z', resource_id: 'node_abc123', resource_name: 'report.pdf' },
    { event: 'comment_created', event_time: '2025-01-21T08:00:00Z', workspace_id: workspace, user_id: 'usr_member', resource_id: 'node_1', parent_event_id: sample.id },
    { event: 'added_member_to_workspace', event_time: '2025-01-22T08:00:00Z', workspace_id: workspace, user_id: 'usr_owner', target_user_id: 'usr_target', details: { member_name: 'T' } },
    { event: 'share_storage_file_added', event_time: '2025-01-23T08:00:00Z', share_id: share, user_id: 'usr_guest', resource_type: 'file', resource_id: 'node_2', resource_name: 'x.txt' },
    { event: 'org_updated', event_time: '2025-01-24T08:00:00Z', org_id: org, user_id: 'usr_boss' },
    { event_type: 'admin.settings_change', event_time: '2025-01-26T08:00:00Z', workspace_id: workspace, user_id: 'usr_admin' },
  );
});
afterAll(async () => {
  await api.end();
});

const summarize = (query: string, token?: string) => tenant.get(`/current/events/search/summarize/?${query}`, token);
const refused = ({ status, body }: Answered): unknown[] => [status, body.result, body.error?.code];
const storage = `workspace_id=${workspace}&category=workspace&subcategory=storage&created-min=2025-01-01T00:00:00Z`;
const past = 'created-max=2025-02-01T00:00:00Z';

describe('when events are summarised', () => {
  it('then the answer has the fields of the public documents, and the numbers are of exactly its events', async () => {
    const { status, body } = await summarize(`workspace_id=${workspace}&user_context=Focus%20on%20file%20uploads&limit=100&${past}`);

    expect(status).toBe(200);
    expect(body).toEqual({ result: 'yes', response: { summary: expect.any(Object), events: expect.any(Array) } });
    expect(body.response.summary).toEqual({
      text: expect.any(String),
      source: 'extractive',
      metrics: {
        total_events: 5,
        unique_actors: 4,
        date_range: { start: '2025-01-19 10:30:45', end: '2025-01-26 08:00:00' },
        categories: { storage: 2, comments: 1, members: 1, settings: 1 },
      },
    });
    expect(body.response.events).toHaveLength(5);
    expect((await tenant.search(`workspace_id=${workspace}&${past}`)).body.response.events).toEqual(body.response.events);
  });

  it('then the text reads well, with every name as a pill, and what is asked for first', async () => {
    const { body } = await summarize(`workspace_id=${workspace}&user_context=Focus on uploads and comments&${past}`);
    const who = (id: string) => `@[user:${id}:Name of ${id}]`;
    const engineering = `@[workspace:${workspace}:Engineering]`;

    expect(body.response.summary.text).toBe(
      '5 events by 4 people from 2025-01-19 to 2025-01-26: storage 2, settings 1, members 1, comments 1. ' +
        `${who('usr_member')} commented on a file in ${engineering}. ` +
        `@[user:98765432109876543210:Jane Smith] added @[file:node_def456ghi789:quarterly_report.pdf] and @[file:node_abc123:report.pdf] in ${engineering} (2 times). ` +
        `${who('usr_admin')} changed settings (general) in ${engineering}. ` +
        `${who('usr_owner')} let ${who('usr_target')} into ${engineering}.`,
    );
  });

  it('then a page is what is counted, not what lies beyond it', async () => {
    const { body } = await summarize(`${storage}&limit=1&offset=1`);

    expect(body.response.events).toHaveLength(1);
    expect(body.response.summary.metrics).toEqual({ total_events: 1, unique_actors: 1, date_range: { start: '2025-01-19 10:30:45', end: '2025-01-19 10:30:45' }, categories: { storage: 1 } });
  });

  it('then without events there is no summary', async () => {
    const { status, body } = await summarize(`workspace_id=${workspace}&event=nothing_like_it`);

    expect([status, body.response]).toEqual([200, { summary: null, events: [] }]);
  });

  it('then names of files cannot end a pill or become markup', async () => {
    await tenant.tell({ ...uploaded, event_time: '2024-05-05T00:00:00Z', resource_id: 'node_bad', resource_name: ']@[user:evil:Evil] <img src=x>\u202egnp.`\n', details: {} });
    const { body } = await summarize(`workspace_id=${workspace}&created-max=2024-06-01T00:00:00Z`);

    expect(body.response.summary.text).toContain('@[file:node_bad:@user:evil:Evil img src=x gnp.]');
  });
});

describe('when the output is shaped', () => {
  it('then the events are, and the summary is not', async () => {
    const { body: terse } = await summarize(`${storage}&output=terse`);
    const { body: full } = await summarize(storage);

    expect(terse.response.events.map((event: object) => Object.keys(event).sort())).toEqual(Array(2).fill(['category', 'created', 'event', 'event_id', 'object_id']));
    expect(terse.response.summary).toEqual(full.response.summary);
  });

  it('then Markdown carries both', async () => {
    const { body, headers } = await summarize(`${storage}&output=standard,markdown`);

    expect(headers.get('content-type')).toBe('text/markdown; charset=UTF-8');
    expect(body).toMatch(/^\*\*Result:\*\* success\n\n# summary\n\n2 events by 1 person .*@\\\[user:98765432109876543210:Jane Smith\\\]/);
    expect(body).toMatch(/\n- \*\*total_events:\*\* 2\n.*\n.*\n- \*\*categories:\*\* storage 2\n\n# events\n\n\| event\\_id \|/);
  });

  it('then two levels are refused', async () => {
    expect(refused(await summarize(`${storage}&output=terse,full`))).toEqual([400, 'no', 1605]);
  });
});

describe('when guidance is given', () => {
  it.each(["Focus on uploads, please! What's new? e-mail.", 'Größe über 2', 'a'.repeat(64), ''])('then %j is taken', async (context) => {
    expect((await summarize(`${storage}&user_context=${encodeURIComponent(context)}`)).status).toBe(200);
  });

  it.each(['a'.repeat(65), 'a;b', 'a"b', '<b>', 'a\nb', '@[user:1:x]', 'a/b', '{}'])('then %j is refused as 1605', async (context) => {
    expect(refused(await summarize(`${storage}&user_context=${encodeURIComponent(context)}`))).toEqual([400, 'no', 1605]);
  });

  it('then it goes with a parent event, where filters do not', async () => {
    const { status, body } = await summarize(`parent_event_id=${sample.id}&user_context=comments&acknowledged=false&limit=5&offset=0&output=terse`);

    expect([status, body.response.summary.metrics.total_events]).toEqual([200, 1]);
    expect(refused(await summarize(`parent_event_id=${sample.id}&category=workspace&user_context=comments`))).toEqual([400, 'no', 1605]);
  });
});

describe('when the search would be refused', () => {
  it.each([
    ['no profile', 'category=workspace'],
    ['a range that ends before it begins', `${storage}&created-min=2025-02-01T00:00:00Z&created-max=2025-01-01T00:00:00Z`],
    ['a limit out of range', `${storage}&limit=251`],
    ['an offset out of range', `${storage}&offset=-1`],
    ['an unknown category', `workspace_id=${workspace}&category=nonsense`],
    ['an unknown parameter', `${storage}&summarise=1`],
    ['a long event name', `workspace_id=${workspace}&event=${'e'.repeat(101)}`],
  ])('then %s is refused here as well', async (_, query) => {
    expect(refused(await summarize(query))).toEqual([400, 'no', 1605]);
  });

  it('then so are a missing token, another method, and a token limited to another profile', async () => {
    expect(refused(await api.call(`/current/events/search/summarize/?${storage}`, { token: 'none' }))).toEqual([401, 'no', 1650]);
    expect(refused(await api.call(`/current/events/search/summarize/?${storage}`, { method: 'POST', token: tenant.admin, json: {} }))).toEqual([400, 'no', 1651]);
    expect(refused(await summarize(storage, await tenant.token('usr_member', { entities: [`share:${share}`] })))).toEqual([403, 'no', 1680]);
  });
});

describe('when readers may see different things', () => {
  it('then each gets a summary of what they may see, and of nothing else', async () => {
    const query = `workspace_id=${workspace}&${past}`;
    const [member, admin, stranger] = await Promise.all(['usr_member', 'usr_admin', 'usr_stranger'].map(async (user) => (await summarize(query, await tenant.token(user))).body.response));

    expect(member.summary.metrics.total_events).toBe(member.events.length);
    expect(member.summary.text).not.toContain('settings');
    expect(admin.summary.text).toContain('changed settings');
    expect(stranger).toEqual({ summary: null, events: [] });
  });

  it('then a token limited to a workspace gets a summary of its share of the log', async () => {
    const { body } = await summarize(storage, await tenant.token('usr_member', { entities: [`workspace:${workspace}`] }));

    expect(body.response.summary.metrics).toMatchObject({ total_events: body.response.events.length, categories: { storage: body.response.events.length } });
  });
});
