// A tenant and its identity provider, which signs what it delivers: shared by the tests of the webhook.
import { createHmac } from 'node:crypto';
import { queryAs } from '../../db/tenant-transaction.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';

export const oldSecret = 'the secret that is going';
export const newSecret = 'the secret that is coming';
export const ann = { id: 'usr_ann', email: 'ann@example.com', first_name: 'Ann', last_name: 'Lee', status: 'ACTIVE' };

let tenants = 0;
let events = 0;

export function startApiForProvider(): Promise<TestApi> {
  return startTestApi({ identitySecrets: [oldSecret, newSecret] });
}

export interface Sending {
  readonly secret?: string;
  readonly skewSeconds?: number;
  readonly signature?: string;
  readonly tamper?: (body: string) => string;
}

export async function post({ url }: Pick<TestApi, 'url'>, body: string, { secret = newSecret, skewSeconds = 0, signature, tamper = (text) => text }: Sending = {}) {
  const t = String(Math.floor(Date.now() / 1000) + skewSeconds);
  const signed = signature ?? `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
  const answer = await fetch(`${url}/api/v1/webhooks/scaikey`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(signed === '' ? {} : { 'x-scaikey-signature': signed }) },
    body: tamper(body),
    signal: AbortSignal.timeout(20_000),
  });
  const received = (await answer.json()) as { status?: string; detail?: string; error?: { code: string; details?: unknown } };
  return { http: answer.status, ...received };
}

export interface Event {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at?: string;
  readonly id?: string;
}

export async function stageProvider(api: TestApi) {
  tenants += 1;
  const tenantId = `idp${String(tenants)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin events:write' });
  const bodyOf = ({ type, data, at = new Date().toISOString(), id }: Event): string => {
    events += 1;
    return JSON.stringify({
      event_id: id ?? `evt_${String(events)}`,
      event_type: type,
      timestamp: at,
      resource: { type: type.split('.')[0], id: data.id },
      actor: { id: 'adm_1', type: 'admin' },
      data: { ...data, tenant: { id: tenantId, name: 'Example' } },
      tenant_id: tenantId,
      partner_id: null,
    });
  };
  return {
    tenantId,
    bodyOf,
    deliver: (event: Event, sending?: Sending) => post(api, bodyOf(event), sending),
    user: async (id: string) => (await api.call(`/api/v1/directory/users/${id}`, { token: admin })).body as Record<string, unknown>,
    group: async (id: string) => api.call(`/api/v1/directory/groups/${id}`, { token: admin }),
    entries: async () =>
      (await queryAs<{ own_action: string; user_id: string; service_account: string }>(api.world.pool, tenantId, {
        text: `SELECT own_action, user_id, service_account FROM entry WHERE tenant_id = $1 AND own_action <> 'create_tenant' ORDER BY seq`,
        values: [tenantId],
      })),
  };
}
