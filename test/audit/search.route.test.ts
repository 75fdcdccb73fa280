// Searching the audit log: the object, every filter alone and together, order, and what is refused.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { auditTenant, shown } from './audit-tenant.ts';
import type { AuditTenant } from './audit-tenant.ts';

let api: TestApi;
let tenant: AuditTenant;

beforeAll(async () => {
  api = await startTestApi();
  tenant = await auditTenant(api);
  await tenant.send(
    {
      event_type: 'file.create', event_time: '2026-04-23T10:15:05Z', user_id: 'usr_a', user_email: 'alice@example.com', service_account: 'client_1', resource_type: 'file',
      resource_id: 'r1', resource_name: 'scaispeak_job_42.mp3', share_id: 'shr_1', workspace_id: 'wsp_1', org_id: 'org_1', ip_address: '203.0.113.7', user_agent: 'ScaiSpeak/1.0',
      session_id: 'ses_1', details: { version: 1, size: 22_300_000 },
    },
    { event_type: 'auth.login', event_time: '2026-04-23T10:15:06Z', outcome: 'failure', user_id: 'usr_b', resource_type: 'user', resource_id: 'r2', ip_address: '2001:db8::7', session_id: 'ses_2' },
    { event_type: 'auth.login', event_time: '2026-04-23T10:15:07Z', user_id: 'usr_b', resource_type: 'user', resource_id: 'r3', ip_address: '::ffff:203.0.113.9', details: { note: 'Straße 100% _x' } },
    { event_type: 'security.suspicious_login', event_time: '2026-04-24T00:00:00Z', user_id: 'usr_a', resource_type: 'user', resource_id: 'r4', share_id: 'shr_2' },
    { event_type: 'file.download', event_time: '2026-04-24T00:00:00Z', user_id: 'usr_c', resource_type: 'file', resource_id: 'r5', share_id: 'shr_1', outcome: 'denied', details: { deep: [{ er: ['needle in a stack'] }] } },
  );
});
afterAll(async () => {
  await api.end();
});

/** Of what was sent: reading the log writes entries too. */
const sent = 'to=2026-05-01T00:00:00Z';

describe('when the audit log is listed', () => {
  it('then an event has exactly the keys of the audit object, lower case words and UTC', async () => {
    const { body } = await tenant.search(`${sent}&resource_id=r1`);
    expect(body.events).toEqual([
      {
        id: expect.stringMatching(/^aud_[0-9A-Z]{26}$/), tenant_id: tenant.tenantId, event_type: 'file.create', category: 'file_modification', severity: 'info', user_id: 'usr_a',
        user_email: 'alice@example.com', service_account: 'client_1', resource_type: 'file', resource_id: 'r1', resource_name: 'scaispeak_job_42.mp3', share_id: 'shr_1',
        action: 'create', outcome: 'success', ip_address: '203.0.113.7', user_agent: 'ScaiSpeak/1.0', details: { version: 1, size: 22_300_000 }, event_time: '2026-04-23T10:15:05Z',
      },
    ]);
    expect(Object.keys(body.events[0] as object)).toHaveLength(18);
    expect(Object.keys(body as object).sort()).toEqual(['complete_through_seq', 'cursor', 'events', 'has_more']);
  });

  it('then what an entry lacks is null, and details are an object', async () => {
    const { body } = await tenant.search(`${sent}&resource_id=r4`);
    expect(body.events[0]).toMatchObject({ service_account: null, ip_address: null, user_agent: null, user_email: null, resource_name: null, details: {} });
  });

  it('then the newest event time is first, and of one time the later seq; asc is the reverse', async () => {
    expect(shown(await tenant.search(sent))).toEqual(['r5', 'r4', 'r3', 'r2', 'r1']);
    expect(shown(await tenant.search(`${sent}&order=asc`))).toEqual(['r1', 'r2', 'r3', 'r4', 'r5']);
  });
});

describe('when filters are given', () => {
  it.each([
    ['category=authentication', ['r3', 'r2']],
    ['category=AUTHENTICATION', ['r3', 'r2']],
    ['category=AUTHENTICATION&outcome=failure', ['r2']],
    ['category=security,file_access', ['r5', 'r4']],
    ['event_type=file.create', ['r1']],
    ['event_type=file.create,file.download', ['r5', 'r1']],
    ['severity=critical', ['r4']],
    ['severity=WARNING', ['r2']],
    ['outcome=denied', ['r5']],
    ['action=create', ['r1']],
    ['user_id=usr_a', ['r4', 'r1']],
    ['user_id=usr_a,usr_c', ['r5', 'r4', 'r1']],
    ['service_account=client_1', ['r1']],
    ['share_id=shr_1', ['r5', 'r1']],
    ['workspace_id=wsp_1', ['r1']],
    ['org_id=org_1', ['r1']],
    ['resource_type=file', ['r5', 'r1']],
    ['resource_id=r2', ['r2']],
    ['ip_address=203.0.113.7', ['r1']],
    ['ip_address=203.0.113.9', ['r3']],
    ['ip_address=203.0.113.0%2F24', ['r3', 'r1']],
    ['ip_address=2001:db8::%2F32', ['r2']],
    ['ip_address=2001:db8::%2F32,203.0.113.9', ['r3', 'r2']],
    ['session_id=ses_2', ['r2']],
    ['from=2026-04-23T10:15:06Z', ['r5', 'r4', 'r3', 'r2']],
    ['from=2026-04-23T10:15:06Z&user_id=usr_b&outcome=success', ['r3']],
    ['q=SCAISPEAK', ['r1']],
    ['q=alice@EXAMPLE', ['r1']],
    ['q=22300000', ['r1']],
    ['q=needle%20in', ['r5']],
    ['q=stra%C3%9Fe', ['r3']],
    ['q=100%25%20_', ['r3']],
    ['q=%25%25%25', []],
    ['q=speak&share_id=shr_1&category=file_modification', ['r1']],
    ['q=speak&share_id=shr_2', []],
    ['held=false', ['r5', 'r4', 'r3', 'r2', 'r1']],
    ['held=true', []],
    ['user_id=nobody', []],
  ])('then %s finds %j', async (query, ids) => {
    const answer = await tenant.search(`${query}&${sent}`);
    expect([answer.status, answer.status === 200 ? shown(answer) : answer.body]).toEqual([200, ids]);
  });

  it('then to is not included', async () => {
    expect(shown(await tenant.search('from=2026-04-23T10:15:05Z&to=2026-04-24T00:00:00Z'))).toEqual(['r3', 'r2', 'r1']);
    expect(shown(await tenant.search('from=2026-04-24T00:00:00Z&to=2026-04-24T00:00:00.000001Z'))).toEqual(['r5', 'r4']);
  });

  it.each([
    ['surprise=1', 'surprise'],
    ['category=files', 'category'],
    ['severity=bad', 'severity'],
    ['outcome=maybe', 'outcome'],
    ['user_id=', 'user_id'],
    ['user_id=a,,b', 'user_id'],
    ['user_id=%20', 'user_id'],
    [`user_id=${Array.from({ length: 101 }, (_, index) => `u${String(index)}`).join(',')}`, 'user_id'],
    ['ip_address=999.1.1.1', 'ip_address'],
    ['ip_address=10.0.0.0%2F33', 'ip_address'],
    ['from=yesterday', 'from'],
    ['from=2026-04-24T00:00:00Z&to=2026-04-24T00:00:00Z', 'to'],
    ['from=2026-04-25T00:00:00Z&to=2026-04-24T00:00:00Z', 'to'],
    ['q=ab', 'q'],
    ['q=%F0%9F%98%80%F0%9F%98%80', 'q'],
    [`q=${'x'.repeat(257)}`, 'q'],
    ['held=perhaps', 'held'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['order=up', 'order'],
    ['min_seq=-1', 'min_seq'],
    ['user_id=a&user_id=b', 'user_id'],
  ])('then %.60s is refused and the field named', async (query, field) => {
    const { status, body } = await tenant.search(query);
    expect([status, body.error.code, body.error.details.fields[0].field]).toEqual([422, 'VALIDATION_FAILED', field]);
  });
});

describe('when a word stands at the end of a large entry', () => {
  it('then it is found, and so is one beyond every index of short texts', async () => {
    const details = { text: `${'lorem ipsum dolor '.repeat(3_500)} endofthedetails` };
    await tenant.send({ event_type: 'file.open', event_time: '2026-04-20T00:00:00Z', resource_type: 'file', resource_id: 'large', details });
    expect(shown(await tenant.search('q=EndOfTheDetails'))).toEqual(['large']);
  });
});

describe('when it is asked who may read', () => {
  it.each([
    ['audit:read', 200],
    ['compliance:manage', 200],
    ['tenant:admin', 200],
    ['admin:*', 200],
    ['*', 200],
    ['events:write', 403],
    ['', 403],
  ])('then scope %j is answered %i, at every route', async (scope, status) => {
    const token = await tokenFor({ tenantId: tenant.tenantId, userId: 'reader', scope });
    const id = (await tenant.search(`${sent}&resource_id=r1`)).body.events[0].id as string;
    for (const path of ['/events', `/events/${id}`, '/activity', '/facets', '/saved-queries']) expect([path, (await tenant.get(path, token)).status]).toEqual([path, status]);
    const made = await tenant.call('POST', '/saved-queries', { token, json: { name: 'mine', filter: {}, shared: false } });
    expect(made.status).toBe(status === 200 ? 201 : 403);
  });

  it('then another tenant sees nothing, its ids are unknown here, and no token is 401', async () => {
    const other = await auditTenant(api);
    const id = (await tenant.search(`${sent}&resource_id=r1`)).body.events[0].id as string;
    expect(shown(await other.search(`${sent}&q=scaispeak`))).toEqual([]);
    expect((await other.get(`/events/${id}`)).status).toBe(404);
    const answer = await fetch(`${api.url}/api/v1/enterprise/audit/events`, { signal: AbortSignal.timeout(5_000) });
    expect(answer.status).toBe(401);
  });

  it('then somebody who was suspended is refused at once, whatever the token says', async () => {
    const other = await auditTenant(api);
    const token = await tokenFor({ tenantId: other.tenantId, userId: 'usr_s', scope: 'audit:read' });
    expect((await other.search('', token)).status).toBe(200);
    await api.call('/api/v1/directory/users/usr_s', { method: 'PUT', token: other.admin, json: { email: 's@example.com', name: 'S', status: 'suspended' } });
    expect((await other.search('', token)).status).toBe(403);
  });
});
