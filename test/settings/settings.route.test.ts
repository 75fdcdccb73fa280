// The settings of a tenant at their door: what is read, changed, refused, and told of.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultSettings } from '../../domain/settings/settings.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

let api: TestApi;
let made = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

interface Tenant {
  patch(json: unknown, scope?: string): Promise<Answered>;
  get(scope?: string): Promise<Answered>;
  log(): Promise<Record<string, unknown>[]>;
}

async function tenant(): Promise<Tenant> {
  made += 1;
  const tenantId = `settings-${String(made)}`;
  await api.makeTenant(tenantId);
  const token = (scope: string) => tokenFor({ tenantId, scope });
  return {
    patch: async (json, scope = 'tenant:admin') => api.call('/api/v1/admin/settings', { method: 'PATCH', token: await token(scope), json }),
    get: async (scope = 'tenant:admin') => api.call('/api/v1/admin/settings', { token: await token(scope) }),
    log: async () => (await api.call('/api/internal-audit-logs?action=update_config', { token: await token('tenant:admin') })).body.items as Record<string, unknown>[],
  };
}

describe('/api/v1/admin/settings', () => {
  it('when nothing was ever set, then it is the defaults', async () => {
    const { get } = await tenant();
    expect(await get()).toMatchObject({ status: 200, body: defaultSettings });
  });

  it('when some are changed, then they are kept, the others stay, and one entry tells of it in the words of the stream', async () => {
    const { get, patch, log } = await tenant();
    expect((await patch({ lockout_max_attempts: 3, audit_retention_days: 2_555 })).status).toBe(200);
    expect((await patch({ lockout_minutes: 30 })).body).toEqual({ ...defaultSettings, lockout_max_attempts: 3, audit_retention_days: 2_555, lockout_minutes: 30 });
    expect((await get()).body).toMatchObject({ lockout_max_attempts: 3, lockout_minutes: 30 });
    expect(await log()).toMatchObject([
      { action: 'update_config', resource_type: 'config', resource_id: 'global', outcome_status: 'success', outcome_code: 'CONFIG_UPDATED', decision: 'permit', request_method: 'PATCH' },
      { outcome_code: 'CONFIG_UPDATED' },
    ]);
  });

  it('when nothing changes by it, then nothing is written', async () => {
    const { patch, log } = await tenant();
    expect((await patch({})).status).toBe(200);
    expect((await patch({ lockout_max_attempts: 5 })).status).toBe(200);
    expect(await log()).toEqual([]);
  });

  it('when two change different ones at once, then neither is lost', async () => {
    const { patch, get, log } = await tenant();
    await Promise.all([patch({ lockout_max_attempts: 7 }), patch({ lockout_minutes: 7 }), patch({ lockout_window_minutes: 7 }), patch({ audit_retention_days: 7 })]);
    expect((await get()).body).toMatchObject({ lockout_max_attempts: 7, lockout_minutes: 7, lockout_window_minutes: 7, audit_retention_days: 7 });
    expect(await log()).toHaveLength(4);
  });

  it.each([
    [{ lockout_max_attempts: 0 }, 'lockout_max_attempts'],
    [{ lockout_minutes: null }, 'lockout_minutes'],
    [{ audit_retention_days: 1.5 }, 'audit_retention_days'],
    [{ audit_retention_days: -1 }, 'audit_retention_days'],
    [{ unknown: 1 }, 'unknown'],
  ])('when asked for %j, then it is 422 that names %s', async (json, field) => {
    const { patch } = await tenant();
    expect(await patch(json)).toMatchObject({ status: 422, body: { error: { details: { fields: [{ field }] } } } });
  });

  it.each([
    ['tenant:admin', 200, 200],
    ['admin:*', 200, 200],
    ['compliance:manage', 200, 403],
    ['audit:read', 200, 403],
    ['events:write', 403, 403],
    ['', 403, 403],
  ])('when the scope is "%s", then reading is %i and changing %i, and the refusal is told of', async (scope, reading, changing) => {
    const { get, patch, log } = await tenant();
    expect((await get(scope)).status).toBe(reading);
    expect((await patch({ lockout_minutes: 9 }, scope)).status).toBe(changing);
    const [entry] = await log();
    expect(entry).toMatchObject(changing === 200 ? { outcome_status: 'success' } : { outcome_status: 'denied_before_action', outcome_code: 'ACCESS_DENIED', resource_id: 'global' });
  });
});
