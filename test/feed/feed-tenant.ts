// A tenant with one of everybody: an organization, a workspace and a share in it, and people with every role.
import { tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

export const org = '11111111111111111111';
export const workspace = '12345678901234567890';
export const share = '55555555555555555555';

export interface FeedTenant {
  readonly tenantId: string;
  /** Holds `tenant:admin`, and no membership. */
  readonly admin: string;
  /** The answer's ids, in the order of the events. */
  tell(...events: readonly Record<string, unknown>[]): Promise<string[]>;
  search(query: string, token?: string): Promise<Answered>;
  get(path: string, token?: string): Promise<Answered>;
  token(userId: string, more?: { scope?: string; entities?: readonly string[]; expiresIn?: string }): Promise<string>;
  put(path: string, json: unknown): Promise<Answered>;
  remove(path: string): Promise<Answered>;
}

let made = 0;

/** Members of the workspace: usr_owner, usr_admin, usr_member, usr_viewer, usr_target, usr_caller; of the share: usr_guest; of the organization: usr_boss (admin), usr_staff (member); nowhere: usr_stranger. */
export async function feedTenant(api: TestApi): Promise<FeedTenant> {
  made += 1;
  const tenantId = `feed${String(made)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, userId: 'usr_root', scope: 'tenant:admin' });
  const put = (path: string, json: unknown) => api.call(`/api/v1/directory/${path}`, { method: 'PUT', token: admin, json });
  const token: FeedTenant['token'] = (userId, more = {}) => tokenFor({ tenantId, userId, ...more });
  const get: FeedTenant['get'] = async (path, by) => api.call(path, { token: by ?? admin });

  await put(`profiles/${org}`, { type: 'org', name: 'Example Inc' });
  await put(`profiles/${workspace}`, { type: 'workspace', name: 'Engineering', parent_id: org });
  await put(`profiles/${share}`, { type: 'share', name: 'Client Files', parent_id: workspace });
  const places = [
    ...['owner', 'admin', 'member', 'viewer'].map((role) => ({ profile: workspace, user: `usr_${role}`, role })),
    ...['target', 'caller'].map((who) => ({ profile: workspace, user: `usr_${who}`, role: 'member' })),
    { profile: share, user: 'usr_guest', role: 'member' },
    { profile: org, user: 'usr_boss', role: 'admin' },
    { profile: org, user: 'usr_staff', role: 'member' },
  ];
  for (const user of [...places.map((place) => place.user), 'usr_stranger']) await put(`users/${user}`, { email: `${user}@example.com`, name: `Name of ${user}` });
  for (const { profile, user, role } of places) await put(`profiles/${profile}/members/${user}`, { role });

  return {
    tenantId,
    admin,
    put,
    token,
    get,
    remove: (path) => api.call(`/api/v1/directory/${path}`, { method: 'DELETE', token: admin }),
    search: (query, by) => get(`/current/events/search/?${query}`, by),
    async tell(...events) {
      const { status, body } = await api.call('/api/v1/events', { method: 'POST', token: admin, json: { events } });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body.results.map(({ id }: { id: string }) => id);
    },
  };
}

/** As the sample of the public documents has it. */
export const uploaded = {
  event: 'workspace_storage_file_added',
  event_time: '2025-01-20T10:30:45Z',
  user_id: '98765432109876543210',
  user_name: 'Jane Smith',
  org_id: org,
  workspace_id: workspace,
  resource_type: 'file',
  resource_id: 'node_def456ghi789',
  resource_name: 'quarterly_report.pdf',
  details: { filename: 'quarterly_report.pdf', file_size: 2485760 },
};
