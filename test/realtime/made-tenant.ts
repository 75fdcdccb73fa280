// A tenant for live tests: a workspace with two shares, a member who listens, and entries that every door has words for.
import { tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

let tenants = 0;

export interface MadeTenant {
  readonly tenantId: string;
  readonly admin: string;
  /** Member of shr_1 and of the workspace; may read the audit log. */
  readonly member: string;
  call(path: string, call?: { method?: string; json?: unknown; token?: string; at?: string }): Promise<Answered>;
  /** Change rows of shr_1 with these resource ids, in one call; each is an authorization decision as well. */
  write(ids: readonly string[], more?: Readonly<Record<string, unknown>>): Promise<void>;
  /** The same through another process, which may be killed meanwhile: whether it has answered that they are kept. */
  writeThrough(url: string, ids: readonly string[]): Promise<boolean>;
  suspendMember(): Promise<void>;
  removeMember(): Promise<void>;
}

export async function madeTenant(api: Pick<TestApi, 'call' | 'makeTenant' | 'url'>, prefix = 'live'): Promise<MadeTenant> {
  tenants += 1;
  const tenantId = `${prefix}${String(tenants)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
  const call: MadeTenant['call'] = (path, { method = 'GET', json, token = admin } = {}) => api.call(path, { method, token, ...(json === undefined ? {} : { json }) });
  const put = async (path: string, json: unknown): Promise<void> => {
    const { status, body } = await call(`/api/v1/directory/${path}`, { method: 'PUT', json });
    if (status >= 300) throw new Error(`${path}: ${String(status)} ${JSON.stringify(body)}`);
  };
  const user = { email: 'm@example.com', name: 'M' };
  await put('users/usr_m', user);
  await put('profiles/wsp_1', { type: 'workspace', name: 'W' });
  await put('profiles/shr_1', { type: 'share', name: 'One', parent_id: 'wsp_1' });
  await put('profiles/shr_2', { type: 'share', name: 'Two', parent_id: 'wsp_1' });
  await put('profiles/wsp_1/members/usr_m', { role: 'member' });
  await put('profiles/shr_1/members/usr_m', { role: 'member' });
  return {
    tenantId,
    admin,
    member: await tokenFor({ tenantId, userId: 'usr_m', scope: 'audit:read' }),
    call,
    async write(ids, more = {}) {
      const events = eventsOf(ids, more);
      for (let at = 0; at < events.length; at += 5_000) {
        const { status, body } = await call('/api/v1/events', { method: 'POST', json: { events: events.slice(at, at + 5_000) } });
        if (status !== 201) throw new Error(`${String(status)} ${JSON.stringify(body)}`);
      }
    },
    async writeThrough(url, ids) {
      const request = { method: 'POST', headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' }, body: JSON.stringify({ events: eventsOf(ids) }) };
      const answer = await fetch(`${url}/api/v1/events`, request).catch(() => null);
      await answer?.body?.cancel().catch(() => undefined);
      return answer?.status === 201;
    },
    suspendMember: () => put('users/usr_m', { ...user, status: 'suspended' }),
    async removeMember() {
      await call('/api/v1/directory/profiles/shr_1/members/usr_m', { method: 'DELETE' });
    },
  };
}

function eventsOf(ids: readonly string[], more: Readonly<Record<string, unknown>> = {}): unknown[] {
  return ids.map((id) => ({
    event_type: 'file.create',
    share_id: 'shr_1',
    workspace_id: 'wsp_1',
    user_id: 'usr_x',
    resource_type: 'file',
    resource_id: id,
    request_id: id,
    decision: 'permit',
    change: { change_type: 'created', new_path: `/${id}` },
    ...more,
  }));
}
