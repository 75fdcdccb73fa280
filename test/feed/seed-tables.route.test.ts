// The tables of the public events documents that are lists of words: categories, subcategories, visibilities, permissions, access to one event, and the printed searches.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { feedTenant, org, share, workspace } from './feed-tenant.ts';
import type { FeedTenant } from './feed-tenant.ts';

const categories = ['upload', 'user', 'org', 'workspace', 'share', 'ai', 'invitation', 'email', 'billing', 'metadata', 'domain', 'apps', 'workflow'];
const subcategories = [
  ...['storage', 'comments', 'members', 'lifecycle', 'settings', 'security', 'authentication', 'ai', 'invitations', 'billing', 'assets', 'upload', 'transfer', 'import_export'],
  ...['quickshare', 'metadata', 'workflow'],
];

let api: TestApi;
let tenant: FeedTenant;
beforeAll(async () => {
  api = await startTestApi();
  tenant = await feedTenant(api);
});
afterAll(async () => {
  await api.end();
});

const objects = ({ body }: Answered): string[] => body.response.events.map(({ object_id: id }: { object_id: string }) => id);

describe('when events of every kind are told of', () => {
  beforeAll(async () => {
    const told = { event: 'something_happened', category: 'admin', workspace_id: 'ws_words', user_id: 'usr_x', visibility: 'external', permission: 'member' };
    await tenant.tell(
      ...categories.map((word) => ({ ...told, current_category: word, sub_category: 'storage', resource_id: `category_${word}` })),
      ...subcategories.map((word) => ({ ...told, current_category: 'workspace', sub_category: word, resource_id: `sub_${word}` })),
    );
  });

  it.each(categories.filter((word) => word !== 'workspace'))('then category=%s finds those of it and no others', async (word) => {
    const answered = await tenant.search(`workspace_id=ws_words&category=${word}`);

    expect(objects(answered)).toEqual([`category_${word}`]);
    expect(answered.body.response.events[0]).toMatchObject({ category: word, sub_category: 'storage' });
  });

  it('then category=workspace finds those of it and no others', async () => {
    expect(objects(await tenant.search('workspace_id=ws_words&category=workspace')).sort()).toEqual(['category_workspace', ...subcategories.map((word) => `sub_${word}`)].sort());
  });

  it.each(subcategories)('then subcategory=%s finds those of it and no others', async (word) => {
    const found = objects(await tenant.search(`workspace_id=ws_words&category=workspace&subcategory=${word}`));

    expect(found.sort()).toEqual([...(word === 'storage' ? ['category_workspace'] : []), `sub_${word}`].sort());
  });
});

describe('when somebody opens one event', () => {
  const rules: readonly (readonly [string, string, Record<string, string>, number])[] = [
    ['they are its calling_user', 'usr_stranger', { user_id: 'usr_stranger', permission: 'admin' }, 200],
    ['they are its target', 'usr_stranger', { target_user_id: 'usr_stranger', permission: 'targeted' }, 200],
    ['it is targeted at somebody else by somebody else', 'usr_admin', { user_id: 'usr_x', target_user_id: 'usr_y', permission: 'targeted' }, 400],
    ['it is internal', 'usr_admin', { visibility: 'internal' }, 400],
    ['it is internal, and they made it', 'usr_admin', { visibility: 'internal', user_id: 'usr_admin' }, 400],
    ['it is for members, and they are one', 'usr_viewer', { permission: 'member' }, 200],
    ['it is for members, and they are none', 'usr_stranger', { permission: 'member' }, 400],
    ['it is for admins, and they are one', 'usr_admin', { permission: 'admin' }, 200],
    ['it is for admins, and they are a member', 'usr_member', { permission: 'admin' }, 400],
  ];

  it.each(rules)('then where %s, the details and the ack are decided alike', async (_rule, who, more, status) => {
    const [id = ''] = await tenant.tell({ event: 'workspace_updated', workspace_id: workspace, user_id: 'usr_owner', visibility: 'external', ...more });
    const token = await tenant.token(who);
    const answers = [await tenant.get(`/current/event/${id}/details/`, token), await api.call(`/current/event/${id}/ack/`, { method: 'POST', token })];

    expect(answers.map((answer) => [answer.status, answer.body.error?.code])).toEqual(answers.map(() => [status, status === 200 ? undefined : 1605]));
  });
});

describe('when the searches of the documents are asked as printed', () => {
  let batch = '';
  beforeAll(async () => {
    [batch = ''] = await tenant.tell({ event: 'workspace_storage_import_started', current_category: 'workspace', sub_category: 'import_export', category: 'admin', workspace_id: 'ws_printed', resource_id: 'batch' });
    const told = { workspace_id: 'ws_printed', user_id: 'usr_x', event_time: '2025-12-02T00:00:00Z' };
    await tenant.put('profiles/ws_printed', { type: 'workspace', name: 'Printed' });
    await tenant.put('profiles/shr_printed', { type: 'share', name: 'Printed', parent_id: 'ws_printed' });
    await tenant.tell(
      { ...told, event: 'comment_created', resource_id: 'comment' },
      { event: 'share_storage_file_added', share_id: 'shr_printed', user_id: 'usr_x', event_time: '2025-12-01T06:00:00Z', resource_id: 'upload' },
      { event: 'share_storage_file_added', share_id: 'shr_printed', user_id: 'usr_x', event_time: '2025-12-01T05:59:59Z', resource_id: 'too early' },
      { event: 'added_member_to_org', current_category: 'org', sub_category: 'members', category: 'admin', org_id: org, user_id: 'usr_x', resource_id: 'member', visibility: 'external', permission: 'member' },
      { ...told, event: 'ai_chat_created', current_category: 'ai', category: 'admin', resource_id: 'ai', visibility: 'external', permission: 'member' },
      { ...told, event: 'workflow_created', current_category: 'workflow', category: 'admin', resource_id: 'workflow', visibility: 'external', permission: 'member' },
      { ...told, event: 'workspace_updated', resource_id: 'audit', visibility: 'external_audit_log' },
      { ...told, event: 'workspace_updated', resource_id: 'child', parent_event_id: batch },
    );
  });

  it.each([
    ['recent comments in a workspace', () => 'workspace_id=ws_printed&subcategory=comments', ['comment']],
    ['uploads to a share from a date on', () => 'share_id=shr_printed&event=share_storage_file_added&created-min=2025-12-01T06:00:00Z', ['upload']],
    ['membership changes in an organization', () => `org_id=${org}&subcategory=members&calling_user_id=usr_x`, ['member']],
    ['AI activity in a workspace', () => 'workspace_id=ws_printed&category=ai', ['ai']],
    ['audit log events only', () => 'workspace_id=ws_printed&visibility=external_audit_log&limit=100&event=workspace_updated', ['audit']],
    ['the children of a batch', () => `parent_event_id=${batch}&limit=100`, ['child']],
    ['workflow activity in a workspace', () => 'workspace_id=ws_printed&category=workflow', ['workflow']],
  ])('then %s are found', async (_what, query, expected) => {
    const answered = await tenant.search(query());

    expect([answered.status, objects(answered)]).toEqual([200, expected]);
  });

  it('then the unacknowledged events for a user are those they have not acknowledged', async () => {
    const told = await tenant.tell(...['first', 'second'].map((name) => ({ event: 'workspace_updated', workspace_id: workspace, user_id: 'usr_owner', target_user_id: 'usr_target', permission: 'targeted', resource_id: name })));
    const token = await tenant.token('usr_target');
    await api.call(`/current/event/${String(told[0])}/ack/`, { method: 'POST', token });

    expect(objects(await tenant.search('user_id=usr_target&acknowledged=false&event=workspace_updated', token))).toContain('second');
    expect(objects(await tenant.search('user_id=usr_target&acknowledged=false&event=workspace_updated', token))).not.toContain('first');
    expect(objects(await tenant.search('user_id=usr_target&acknowledged=true', token))).toEqual(['first']);
  });

  it('then what is visible without saying so is what is external or of the audit log, and internal in no way', async () => {
    await tenant.tell(...['external', 'external_audit_log', 'internal'].map((visibility) => ({ event: 'share_updated', share_id: share, user_id: 'usr_x', visibility, permission: 'member', resource_id: visibility })));
    const found = async (more: string) => objects(await tenant.search(`share_id=${share}&event=share_updated&calling_user_id=usr_x${more}`));

    expect(await found('')).toEqual(['external_audit_log', 'external']);
    expect(await found('&visibility=external')).toEqual(['external']);
    expect(await found('&visibility=external_audit_log')).toEqual(['external_audit_log']);
  });
});
