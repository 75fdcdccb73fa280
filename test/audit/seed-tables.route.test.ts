// The tables of the audit documents, row by row: categories with their examples, severities, service accounts, holds.
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { testSecret } from '../harness/test-secret.ts';
import { auditTenant, shown } from './audit-tenant.ts';
import type { AuditTenant } from './audit-tenant.ts';

let api: TestApi;
let tenant: AuditTenant;

beforeAll(async () => {
  api = await startTestApi();
  tenant = await auditTenant(api);
});
afterAll(async () => {
  await api.end();
});

const examples: readonly (readonly [string, readonly string[]])[] = [
  ['AUTHENTICATION', ['auth.login', 'auth.logout', 'auth.mfa_challenge']],
  ['AUTHORIZATION', ['authz.permission_denied', 'authz.role_grant', 'authz.acl_change']],
  ['FILE_ACCESS', ['file.download', 'file.preview', 'file.open']],
  ['FILE_MODIFICATION', ['file.create', 'file.update', 'file.delete', 'file.restore', 'file.rename', 'file.move']],
  ['SHARING', ['link.create', 'link.revoke', 'share.member_added', 'share.member_removed', 'share.member_role_changed']],
  ['ADMIN', ['admin.settings_change', 'admin.quota_change', 'admin.user_provision']],
  ['SECURITY', ['security.suspicious_login', 'security.mfa_disabled', 'security.ip_block']],
  ['COMPLIANCE', ['compliance.legal_hold_create', 'compliance.legal_hold_release', 'compliance.retention_run', 'compliance.dlp_match', 'compliance.export']],
];

describe('when events of every category are searched', () => {
  it.each(examples)('then %s finds %j, and shows it in lower case', async (category, types) => {
    const marked = types.map((type) => ({ event_type: type, event_time: '2026-04-01T00:00:00Z', resource_type: 'thing', resource_id: `${category}-${type}` }));
    await tenant.send(...marked);
    const { body } = await tenant.search(`category=${category}&to=2026-04-02T00:00:00Z&order=asc`);
    expect((body.events as { event_type: string }[]).map(({ event_type: type }) => type)).toEqual(types);
    expect(new Set((body.events as { category: string }[]).map((event) => event.category))).toEqual(new Set([category.toLowerCase()]));
  });

  it('then each severity is one of three, and failed sign-ins are AUTHENTICATION and failure', async () => {
    await tenant.send({ event_type: 'auth.login', outcome: 'failure', event_time: '2026-03-01T00:00:00Z', resource_type: 'user', resource_id: 'failed' });
    expect(shown(await tenant.search('category=AUTHENTICATION&outcome=failure'))).toEqual(['failed']);
    const { body } = await tenant.search('to=2026-04-02T00:00:00Z&limit=1000');
    for (const { severity } of body.events as { severity: string }[]) expect(['info', 'warning', 'critical']).toContain(severity);
  });
});

describe('when a service acts for a human', () => {
  it('then the event tells both, and can be found by either', async () => {
    const acting = await new SignJWT({ tenant_id: tenant.tenantId, scope: 'events:write', act: { client_id: '3seej56cg90454l845dt93rfilywskbw', sub: 'svc' } })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('usr_01J3N')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(testSecret));
    const sent = await api.call('/api/v1/events', { method: 'POST', token: acting, json: { event_type: 'file.create', user_id: 'usr_01J3N', resource_type: 'file', resource_id: 'by-service' } });
    expect(sent.status).toBe(201);
    for (const query of ['service_account=3seej56cg90454l845dt93rfilywskbw', 'user_id=usr_01J3N']) {
      const { body } = await tenant.search(query);
      expect(body.events[0]).toMatchObject({ user_id: 'usr_01J3N', service_account: '3seej56cg90454l845dt93rfilywskbw', resource_id: 'by-service' });
    }
  });
});

describe('when entries are under a legal hold', () => {
  it('then they are told apart by held, and the event shows the hold', async () => {
    const other = await auditTenant(api);
    const officer = await tokenFor({ tenantId: other.tenantId, userId: 'officer', scope: 'compliance:manage' });
    const { results } = await other.send(...['kept', 'free'].map((name) => ({ event_type: 'file.create', resource_type: 'file', resource_id: name })));
    const placed = await api.call('/api/v1/enterprise/legal-holds', { method: 'POST', token: officer, json: { name: 'Matter', items: [{ scope_type: 'resource', scope_ids: ['kept'] }] } });
    expect(placed.status).toBe(201);
    expect(shown(await other.search('resource_type=file&held=true'))).toEqual(['kept']);
    expect(shown(await other.search('resource_type=file&held=false'))).toEqual(['free']);
    expect((await other.get(`/events/${String(results[0]?.id)}`)).body.holds).toEqual([{ id: placed.body.id, name: 'Matter', matter_id: null }]);
    expect((await other.get('/facets?resource_type=file&held=true')).body.total).toBe(1);
  });
});
