// The tables of the public polling documents: what each key says has changed, who may poll which profile, and the printed way of polling.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

const workspace = '12345678901234567890';
const share = '55555555555555555555';
const lonely = '55555555555555555556';
const org = '11111111111111111111';
const tenantId = 'printed';

let api: TestApi;
let admin = '';
beforeAll(async () => {
  api = await startTestApi();
  await api.makeTenant(tenantId);
  admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
  await put(`profiles/${org}`, { type: 'org', name: 'O' });
  await put(`profiles/${workspace}`, { type: 'workspace', name: 'W', parent_id: org });
  await put(`profiles/${share}`, { type: 'share', name: 'S', parent_id: workspace });
  await put(`profiles/${lonely}`, { type: 'share', name: 'L', parent_id: workspace, multiplayer: false });
  await put('users/98765432109876543210', { email: 'm@example.com', name: 'M' });
  for (const profile of [org, workspace, share, lonely]) await put(`profiles/${profile}/members/98765432109876543210`, { role: 'viewer' });
});
afterAll(async () => {
  await api.end();
});

const put = (path: string, json: unknown): Promise<Answered> => api.call(`/api/v1/directory/${path}`, { method: 'PUT', token: admin, json });
const write = (entry: Readonly<Record<string, unknown>>): Promise<Answered> => api.call('/api/v1/events', { method: 'POST', token: admin, json: entry });
const member = (): Promise<string> => tokenFor({ tenantId, userId: '98765432109876543210' });
const poll = async (query: string, token?: string): Promise<Answered> => api.call(`/current/activity/poll/${query}`, { token: token ?? (await member()) });

describe('when something happens', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a file is added', { event: 'workspace_storage_file_added', resource_id: 'file1' }, 'storage:file1'],
    ['a file is updated', { event: 'workspace_storage_file_updated', resource_id: 'file2' }, 'storage:file2'],
    ['a file is removed', { event: 'workspace_storage_file_deleted', resource_id: 'file3' }, 'storage:file3'],
    ['a preview is ready', { event: 'preview_ready', resource_id: 'file4' }, 'preview:file4'],
    ['metadata of a file are written', { event: 'metadata_kv_extract', resource_id: 'file5' }, 'metadata:file5'],
    ['a message comes into a chat', { event: 'ai_chat_new_message', resource_id: 'chat1' }, 'ai_chat:chat1'],
    ['a comment is added', { event: 'comment_created', resource_id: 'node1' }, 'comments:node1'],
    ['a comment is updated', { event: 'comment_updated', resource_id: 'node2' }, 'comments:node2'],
    ['a membership changes', { event: 'added_member_to_workspace', target_user_id: 'usr_new' }, 'member:usr_new'],
  ])('then the key says that %s', async (_what, event, key) => {
    const before = (await poll(`${workspace}/`)).body.response.lastactivity as string;
    expect((await write({ workspace_id: workspace, user_id: 'usr_x', ...event })).status).toBe(201);
    const { body } = await poll(`${workspace}/?updated=1&wait=5&lastactivity=${encodeURIComponent(before)}`);
    const bare = key.startsWith('member:') ? 'members' : key.slice(0, key.indexOf(':'));

    expect(Object.keys(body.response.activity as object).sort()).toEqual([bare, key].sort());
    expect(body.response).toMatchObject({ results: 2, lastactivity: body.response.activity[key] });
  });
});

describe('when a profile is polled', () => {
  it.each([
    ['oneself', '', 200, 200],
    ['oneself by id', '98765432109876543210/', 200, 400],
    ['an organization', `${org}/`, 200, 400],
    ['a workspace', `${workspace}/`, 200, 400],
    ['a share', `${share}/`, 200, 400],
    ['a share without multiplayer', `${lonely}/`, 400, 400],
  ])('then %s is for whoever may view it', async (_which, place, forMember, forStranger) => {
    const stranger = await tokenFor({ tenantId, userId: 'usr_stranger' });
    const answers = [await poll(place), await poll(place, stranger)];

    expect(answers.map(({ status, body }) => [status, body.error?.code])).toEqual([forMember, forStranger].map((status) => [status, status === 200 ? undefined : 1605]));
  });
});

describe('when it is polled as printed', () => {
  it('then each answer says where the next one goes on, and nothing new is an empty list', async () => {
    await write({ event: 'workspace_storage_file_added', workspace_id: workspace, user_id: 'usr_x', resource_id: 'first' });
    const initial = await poll(`${workspace}/?fields=storage,members`);
    const since = (answer: Answered) => encodeURIComponent((answer.body.response as { lastactivity: string }).lastactivity);
    const waiting = poll(`${workspace}/?wait=30&fields=storage,members&updated=1&lastactivity=${since(initial)}`);
    await write({ event: 'workspace_storage_file_added', workspace_id: workspace, user_id: 'usr_x', resource_id: 'second' });
    const news = await waiting;

    expect(Object.keys(news.body.response.activity as object)).toEqual(['storage']);
    expect(news.body.response.lastactivity > initial.body.response.lastactivity).toBe(true);
    expect((await poll(`${workspace}/?updated=1&lastactivity=${since(news)}`)).body).toEqual({ result: 'yes', response: { results: 0, activity: [] } });
    // The time of the documents' own example, without a zone.
    expect((await poll(`?wait=30&lastactivity=2025-01-20%2010:30:45.123456`)).body.response.results).toBeGreaterThan(0);
  });
});
