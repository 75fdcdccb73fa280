// A tenant whose sign-ins are guarded, at the doors of the lockout: shared by its route tests.
import { queryAs } from '../../db/tenant-transaction.ts';
import { tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

export const account = 'ann@example.com';
export const minuteMicros = 60_000_000;

export interface WrittenEntry {
  readonly severity: string;
  readonly outcome: string;
  readonly category: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly user_id: string | null;
  readonly user_email: string | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly own_action: string | null;
}

export async function stageSignIns(api: TestApi, tenantId: string) {
  await api.makeTenant(tenantId);
  const token = await tokenFor({ tenantId, scope: 'events:write' });
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin', userId: 'admin', email: 'desk@example.com' });
  const attempt = (ip = '203.0.113.7', who = account): Promise<Answered> =>
    api.call('/api/v1/auth/attempts', { method: 'POST', token, json: { account: who, ip_address: ip } });
  const report = (id: string, outcome: string): Promise<Answered> => api.call(`/api/v1/auth/attempts/${id}`, { method: 'POST', token, json: { outcome } });
  return {
    tenantId,
    token,
    admin,
    attempt,
    report,
    fail: async (ip?: string, who?: string) => report((await attempt(ip, who)).body.attempt_id as string, 'failure'),
    entries: (eventType: string) =>
      queryAs<WrittenEntry & Record<string, unknown>>(api.world.pool, tenantId, {
        text: 'SELECT severity, outcome, category, details, user_id, user_email, ip_address, user_agent, own_action FROM entry WHERE tenant_id = $1 AND event_type = $2 ORDER BY seq',
        values: [tenantId, eventType],
      }),
    /** As if so much time had passed: everything the rows know of is so much longer ago. The clock is the database's, so the rows move. */
    passTime: (micros: number) =>
      queryAs(api.world.pool, tenantId, {
        text: `UPDATE lockout_pair SET state = jsonb_build_object(
            'failures', (SELECT coalesce(jsonb_agg(f::text::bigint - $2::bigint), '[]') FROM jsonb_array_elements(state->'failures') f),
            'open', (SELECT coalesce(jsonb_agg(jsonb_set(o, '{at}', to_jsonb((o->>'at')::bigint - $2::bigint))), '[]') FROM jsonb_array_elements(state->'open') o),
            'closed', state->'closed',
            'lockedUntil', CASE WHEN state->>'lockedUntil' IS NULL THEN 'null'::jsonb ELSE to_jsonb((state->>'lockedUntil')::bigint - $2::bigint) END)
          WHERE tenant_id = $1`,
        values: [tenantId, micros],
      }),
  };
}
