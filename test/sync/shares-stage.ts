// A tenant for the tests of sync: shares shr_a and shr_b, an admin, and two users who are members of shr_a alone.
import { tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

export interface SharesStage {
  readonly tenantId: string;
  readonly admin: string;
  readonly member: string;
  readonly other: string;
  change(shareId: string, resourceId: string): Promise<Answered>;
  get(path: string, token?: string): Promise<Answered>;
  send(method: string, path: string, json?: unknown, token?: string): Promise<Answered>;
  /** A device of the member. */
  register(deviceId: string, token?: string): Promise<Answered>;
  /** The log's own entries of that event type, as the database holds them. */
  entries(eventType: string): Promise<readonly Record<string, unknown>[]>;
}

let tenants = 0;

export async function stageShares(api: TestApi): Promise<SharesStage> {
  tenants += 1;
  const tenantId = `shares${String(tenants)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
  const member = await tokenFor({ tenantId, userId: 'usr_m' });
  const other = await tokenFor({ tenantId, userId: 'usr_o' });
  const send = (method: string, path: string, json?: unknown, token = member) => api.call(`/api/v1${path}`, { method, token, ...(json === undefined ? {} : { json }) });
  for (const id of ['shr_a', 'shr_b']) await send('PUT', `/directory/profiles/${id}`, { type: 'share', name: id }, admin);
  for (const id of ['usr_m', 'usr_o']) {
    await send('PUT', `/directory/users/${id}`, { email: `${id}@example.com`, name: id }, admin);
    await send('PUT', `/directory/profiles/shr_a/members/${id}`, { role: 'viewer' }, admin);
  }
  return {
    tenantId,
    admin,
    member,
    other,
    send,
    change: (share_id, resource_id) =>
      send('POST', '/events', { event_type: 'file.create', share_id, resource_type: 'file', resource_id, change: { change_type: 'created' } }, admin),
    get: (path, token = member) => api.call(`/api/v1${path}`, { token }),
    register: (device_id, token = member) => send('POST', '/sync/devices', { device_id, device_name: 'Laptop', platform: 'linux', client_version: '1.0' }, token),
    async entries(eventType) {
      const client = await api.world.pool.connect();
      try {
        await client.query('BEGIN');
        await client.query("SELECT set_config('holdfast.tenant', $1, true)", [tenantId]);
        const { rows } = await client.query<Record<string, unknown>>('SELECT * FROM entry WHERE tenant_id = $1 AND event_type = $2 ORDER BY seq', [tenantId, eventType]);
        await client.query('COMMIT');
        return rows;
      } finally {
        client.release();
      }
    },
  };
}
