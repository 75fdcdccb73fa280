// One audit event whole, the Activity Log, the facets, and that looking is itself recorded.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { auditTenant, shown } from './audit-tenant.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

const login = { event_type: 'auth.login', user_id: 'usr_a', resource_type: 'user', ip_address: '203.0.113.7', user_agent: 'Browser/1.0', session_id: 'ses_1' };

describe('when one event is opened', () => {
  it('then everything that is kept of it is there, with the session it came from', async () => {
    const tenant = await auditTenant(api);
    const { results } = await tenant.send({ ...login, resource_id: 'r1', event_time: '2026-04-23T10:15:05Z', target_user_id: 'usr_b', details: { idp: 'saml' } });
    const id = results[0]?.id.slice(4) ?? '';
    for (const prefix of ['aud_', 'evt_', 'chg_', '']) {
      const { status, body } = await tenant.get(`/events/${prefix}${id}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        id: `aud_${id}`, seq: results[0]?.seq, recorded_at: expect.stringMatching(/Z$/), event_type: 'auth.login', target_user_id: 'usr_b', details: { idp: 'saml' }, change: null,
        session: { id: 'ses_1', user_id: 'usr_a', ip_address: '203.0.113.7', user_agent: 'Browser/1.0' }, holds: [],
      });
      expect(body).not.toHaveProperty('proof');
    }
    // A session is noted from the log a moment after its sign-in was written.
    await eventually(async () => {
      expect((await tenant.get(`/events/${id}`)).body.session).toMatchObject({ idp: 'saml', revoked_at: null });
    });
  });

  it('then a change shows its paths, and a proof that is not there yet is null', async () => {
    const tenant = await auditTenant(api);
    const { results } = await tenant.send({ event_type: 'file.move', share_id: 'shr_1', resource_type: 'file', resource_id: 'f', change: { change_type: 'moved', old_path: '/a', new_path: '/b' } });
    const { body } = await tenant.get(`/events/${String(results[0]?.id)}?proof=1`);
    expect(body).toMatchObject({ session: null, proof: null, change: { change_type: 'moved', old_path: '/a', new_path: '/b', version_id: null, metadata: null } });
  });

  it.each(['aud_00000000000000000000000000', 'evt_01M7ZBFX81QHFA1VBA7RD8KSC8', 'nothing'])('then %s is 404', async (id) => {
    const tenant = await auditTenant(api);
    expect((await tenant.get(`/events/${id}`)).status).toBe(404);
  });
});

describe('when the Activity Log is read', () => {
  it('then each window shows what lies in it, newest first, and nothing older than 30 days', async () => {
    const tenant = await auditTenant(api);
    const nowMs = Date.now();
    const at = (hours: number) => new Date(nowMs - hours * 3_600_000).toISOString();
    await tenant.send(...([['min', 0.2], ['hours', 5], ['days', 50], ['weeks', 24 * 20], ['old', 24 * 31]] as const).map(([name, hours]) => ({ ...login, resource_id: name, event_time: at(hours) })));
    const ids = async (query: string) => shown(await tenant.get(`/activity?${query}`)).filter((id) => ['min', 'hours', 'days', 'weeks', 'old'].includes(id));
    expect(await ids('window=hour')).toEqual(['min']);
    expect(await ids('window=day')).toEqual(['min', 'hours']);
    expect(await ids('window=week')).toEqual(['min', 'hours', 'days']);
    expect(await ids('window=month')).toEqual(['min', 'hours', 'days', 'weeks']);
    expect(await ids('')).toEqual(['min', 'hours', 'days', 'weeks']);
    expect((await tenant.get('/activity?window=year')).status).toBe(422);
  });

  it('then it goes on by cursor, and a cursor of another window does not fit', async () => {
    const tenant = await auditTenant(api);
    await tenant.send(...['a', 'b', 'c'].map((name) => ({ ...login, resource_id: name })));
    const first = await tenant.get('/activity?window=day&limit=2');
    const second = await tenant.get(`/activity?window=day&limit=2&cursor=${String(first.body.cursor)}`);
    expect([...shown(first), ...shown(second)].slice(0, 3)).toEqual(['c', 'b', 'a']);
    expect((await tenant.get(`/activity?window=week&cursor=${String(first.body.cursor)}`)).body.error.code).toBe('CURSOR_MISMATCH');
  });
});

describe('when facets are counted', () => {
  it('then they are of the same filter, and add up', async () => {
    const tenant = await auditTenant(api);
    await tenant.send(
      { ...login, resource_id: 'r1', event_time: '2026-04-23T10:00:00Z' },
      { ...login, resource_id: 'r2', event_time: '2026-04-23T23:59:59.999Z', outcome: 'failure' },
      { event_type: 'file.download', user_id: 'usr_a', event_time: '2026-04-24T00:00:00Z', details: { note: 'needle' } },
    );
    expect((await tenant.get('/facets?user_id=usr_a')).body).toMatchObject({
      total: 3, category: { authentication: 2, file_access: 1 }, severity: { info: 2, warning: 1 }, outcome: { success: 2, failure: 1 }, day: { '2026-04-23': 2, '2026-04-24': 1 }, complete: true,
    });
    expect((await tenant.get('/facets?user_id=usr_a&q=needle')).body).toMatchObject({ total: 1, category: { file_access: 1 } });
    expect((await tenant.get('/facets?user_id=nobody')).body).toMatchObject({ total: 0, category: {}, day: {} });
    expect((await tenant.get('/facets?limit=1')).status).toBe(422);
  });
});

describe('when the audit log is read', () => {
  it('then each reading is an entry of its own, refused ones too', async () => {
    const tenant = await auditTenant(api);
    const { results } = await tenant.send({ ...login, resource_id: 'r1' });
    await tenant.search('user_id=usr_a');
    await tenant.get(`/events/${String(results[0]?.id)}`);
    await tenant.get('/activity');
    await tenant.get('/facets');
    const stranger = await tokenFor({ tenantId: tenant.tenantId, userId: 'stranger' });
    expect((await tenant.search('', stranger)).status).toBe(403);
    await eventually(async () => {
      const { body } = await tenant.search('event_type=compliance.audit_view&order=asc');
      const seen = (body.events as { user_id: string; category: string; resource_type: string }[]).map(({ user_id: by, category }) => `${by} ${category}`);
      expect(seen.length).toBeGreaterThanOrEqual(5);
      expect(new Set(seen)).toEqual(new Set(['admin compliance', 'stranger compliance']));
      const denied = await tenant.search('event_type=compliance.audit_view&outcome=denied');
      expect((denied.body.events as { user_id: string }[]).map(({ user_id: by }) => by)).toEqual(['stranger']);
    });
  });
});
