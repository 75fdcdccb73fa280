// The Activity Log of the audit documents: what just happened, newest first, and each event opened with all it carries.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { auditTenant } from './audit-tenant.ts';
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

const seenIn = ['hour', 'day', 'week', 'month'];
const happened: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['who signed in, and from where', 'auth.login', { user_id: 'usr_a', ip_address: '203.0.113.7', session_id: 'ses_1', user_agent: 'ScaiSpeak/1.0', resource_type: 'user', resource_id: 'usr_a' }],
  ['which file was opened', 'file.open', { user_id: 'usr_a', resource_type: 'file', resource_id: 'fil_1' }],
  ['which file was downloaded', 'file.download', { user_id: 'usr_a', resource_type: 'file', resource_id: 'fil_2' }],
  ['who added a member to a share', 'share.member_added', { user_id: 'usr_b', share_id: 'shr_1', target_user_id: 'usr_c', resource_type: 'share', resource_id: 'shr_1' }],
  ['who removed one', 'share.member_removed', { user_id: 'usr_b', share_id: 'shr_1', target_user_id: 'usr_c', resource_type: 'share', resource_id: 'shr_1' }],
  ['which external link was created', 'link.create', { user_id: 'usr_b', share_id: 'shr_1', resource_type: 'link', resource_id: 'lnk_1' }],
  ['which external link was used', 'link.access', { share_id: 'shr_1', ip_address: '198.51.100.4', resource_type: 'link', resource_id: 'lnk_1' }],
];

describe('when it is asked what just happened', () => {
  it('then every window of the log shows it, newest first', async () => {
    for (const [, event_type, more] of happened) await tenant.send({ event_type, ...more });
    for (const window of seenIn) {
      const { body } = await tenant.get(`/activity?window=${window}&limit=100`);
      const shown = (body.events as { event_type: string }[]).map(({ event_type: type }) => type).filter((type) => happened.some(([, known]) => known === type));

      expect([window, shown]).toEqual([window, happened.map(([, type]) => type).reverse()]);
    }
  });

  it.each(happened)('then it tells %s', async (_what, event_type, more) => {
    const { body } = await tenant.get('/activity?window=hour&limit=100');
    const shown = (body.events as { id: string; event_type: string }[]).find((event) => event.event_type === event_type);
    const opened = await tenant.get(`/events/${String(shown?.id)}`);
    const { session_id: sessionId, target_user_id: target, ...ofTheList } = more;

    expect(shown).toMatchObject(ofTheList);
    expect(JSON.stringify(opened.body)).toContain(event_type);
    expect(opened.body).toMatchObject(ofTheList);
    for (const value of [sessionId, target]) if (value !== undefined) expect(JSON.stringify(opened.body)).toContain(value);
  });
});
