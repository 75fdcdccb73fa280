// A tenant with an audit log for tests of its doors.
import { tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

export interface AuditTenant {
  readonly tenantId: string;
  readonly admin: string;
  /** Ingests and answers the result of the call. */
  send(...events: readonly Record<string, unknown>[]): Promise<{ readonly results: readonly { readonly id: string; readonly seq: number }[]; readonly last_seq: number }>;
  get(path: string, token?: string): Promise<Answered>;
  call(method: string, path: string, options?: { readonly json?: unknown; readonly token?: string }): Promise<Answered>;
  /** The page of the search; by default only what was sent, not our own entries. */
  search(query?: string, token?: string): Promise<Answered>;
}

export const auditPath = '/api/v1/enterprise/audit';
let made = 0;

export async function auditTenant(api: TestApi): Promise<AuditTenant> {
  made += 1;
  const tenantId = `audit-${String(process.pid)}-${String(made)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
  const call: AuditTenant['call'] = (method, path, { json, token = admin } = {}) =>
    api.call(`${auditPath}${path}`, { method, token, ...(json === undefined ? {} : { json }) });
  return {
    tenantId,
    admin,
    async send(...events) {
      const { status, body } = await api.call('/api/v1/events', { method: 'POST', token: admin, json: { events } });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body as Awaited<ReturnType<AuditTenant['send']>>;
    },
    get: (path, token = admin) => call('GET', path, { token }),
    call,
    search: (query = '', token = admin) => call('GET', `/events?${query}`, { token }),
  };
}

/** The resource ids of a page, in its order: tests give each event one to know it by. */
export function shown(answer: Answered): string[] {
  return (answer.body.events as { resource_id: string | null }[]).map(({ resource_id: id }) => id ?? '');
}

/** All pages of a walk. */
export async function walk(tenant: AuditTenant, query: string, limit: number): Promise<{ ids: string[]; through: number[]; cursor: string }> {
  const ids: string[] = [];
  const through: number[] = [];
  let cursor = '';
  for (let pages = 0; pages < 1_000; pages += 1) {
    const page = await tenant.search(`${query}&limit=${String(limit)}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    if (page.status !== 200) throw new Error(JSON.stringify(page.body));
    ids.push(...shown(page));
    through.push(page.body.complete_through_seq as number);
    cursor = page.body.cursor as string;
    if (page.body.has_more !== true) return { ids, through, cursor };
  }
  throw new Error('the walk does not end');
}
