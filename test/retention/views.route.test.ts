// Settings that bound the audit log and the change log: they are a policy, entries leave the view whose time is over, and go when they have left both.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { signBeginning } from '../../activities/retention/sign-beginning.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import { leaveViews } from '../../db/retention/leave-views.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

let api: TestApi;
let pruner: Pool;
beforeAll(async () => {
  api = await startTestApi();
  pruner = createPool({ url: api.database.prunerUrl, max: 1 });
});
afterAll(async () => {
  await pruner.end();
  await api.end();
});

const policies = '/api/v1/enterprise/retention-policies';
const settingsPolicy = `${policies}/settings`;
const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
let tenants = 0;

interface Place {
  readonly tenantId: string;
  as(method: string, path: string, json?: unknown): Promise<Answered>;
  settings(wish: object): Promise<void>;
  /** Plans and runs what the settings want; answers the plan and the certificate. */
  run(): Promise<{ readonly plan: Answered['body']; readonly certificate: unknown; readonly runId: string }>;
  /** The names of the entries that are shown. */
  inAudit(): Promise<string[]>;
  inChanges(query?: string): Promise<string[]>;
}

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
const change = (days: number, share = 's1'): object => ({
  event_type: 'file.create', event_time: daysAgo(days), share_id: share, resource_type: 'file', resource_id: `${share}-c${String(days)}`, resource_name: `${share} c${String(days)}`, path: `/c${String(days)}`, change: { change_type: 'created' },
});
const event = (days: number, share = 's1'): object => ({ event_type: 'file.open', event_time: daysAgo(days), share_id: share, resource_type: 'file', resource_id: `${share}-e${String(days)}`, resource_name: `${share} e${String(days)}` });

async function place(...events: object[]): Promise<Place> {
  tenants += 1;
  const tenantId = `views${String(tenants)}`;
  await api.makeTenant(tenantId);
  const as: Place['as'] = async (method, path, json) => api.call(path, { method, token: await tokenFor({ tenantId, userId: 'officer', scope: 'tenant:admin' }), ...(json === undefined ? {} : { json }) });
  expect(await as('POST', '/api/v1/events', { events })).toMatchObject({ status: 201 });
  return {
    tenantId,
    as,
    async settings(wish) {
      expect(await as('PATCH', '/api/v1/admin/settings', wish)).toMatchObject({ status: 200 });
    },
    async run() {
      const { body: plan } = await as('POST', `${settingsPolicy}/plan`);
      const { body: started, status } = await as('POST', `${settingsPolicy}/run`, { plan_hash: plan.hash });
      expect({ status, started }).toMatchObject({ status: 202 });
      const run = { tenantId, runId: String(started.id) };
      const now = new Date().toISOString();
      await beginRun(api.world.pool, run, now);
      while (await leaveViews(pruner, run));
      await signBeginning({ ...api.world, signer }, run);
      while ((await pruneBatch(pruner, { ...run, now })).kind === 'removed');
      await certifyRun({ ...api.world, signer }, run, { failure: null });
      const { body } = await as('GET', `/api/v1/enterprise/retention-runs/${run.runId}/certificate`);
      return { plan, certificate: JSON.parse(String(body.body)) as unknown, runId: run.runId };
    },
    async inAudit() {
      const { body } = await as('GET', '/api/v1/enterprise/audit/events?event_type=file.create,file.open&order=asc');
      return (body.events as { resource_name: string }[]).map(({ resource_name: name }) => name);
    },
    async inChanges(query = 'cursor=0') {
      const answered = await as('GET', `/api/v1/sync/changes?${query}`);
      expect(answered).toMatchObject({ status: 200 });
      return (answered.body.changes as { resource_id: string }[]).map(({ resource_id: id }) => id.replace('-', ' '));
    },
  };
}

describe('the settings that bound the views', () => {
  it('when they are set, then they show as a policy with a schedule, which only the settings change', async () => {
    const { as, settings, tenantId } = await place(event(10));
    expect((await as('GET', policies)).body.policies).toEqual([]);
    await settings({ audit_retention_days: 30 });
    expect((await as('GET', policies)).body.policies).toMatchObject([{ id: 'settings', retention_days: 30, enabled: true, views: { audit: 30, changes: 30 }, created_by: 'officer' }]);
    await settings({ changelog_retention_days: 365 });
    expect((await as('GET', settingsPolicy)).body).toMatchObject({ version: 2, views: { audit: 30, changes: 365 } });
    const schedules = (): Promise<unknown> => api.world.pool.query(`SELECT subject, paused FROM job_schedules_after($1, 'retention_due', '', 1)`, [tenantId]).then(({ rows }) => rows);
    expect(await schedules()).toEqual([{ subject: 'settings', paused: false }]);
    expect(await as('PATCH', settingsPolicy, { retention_days: 1 })).toMatchObject({ status: 409 });
    expect(await as('DELETE', settingsPolicy)).toMatchObject({ status: 409 });
    await settings({ lockout_minutes: 20 });
    expect((await as('GET', settingsPolicy)).body).toMatchObject({ version: 2 });
    await settings({ audit_retention_days: null, changelog_retention_days: null });
    expect((await as('GET', settingsPolicy)).body).toMatchObject({ version: 3, enabled: false });
    expect(await schedules()).toEqual([{ subject: 'settings', paused: true }]);
  });

  it('when the audit log is the shorter, then changes leave it and stay in the change log, events go, and held entries leave nothing', async () => {
    const { as, settings, run, inAudit, inChanges } = await place(change(300), event(300), change(40), event(40), change(10), event(10), change(40, 's2'), event(40, 's2'));
    expect(await as('POST', '/api/v1/enterprise/legal-holds', { name: 'Hold', items: [{ scope_type: 'share', scope_id: 's2' }] })).toMatchObject({ status: 201 });
    await settings({ audit_retention_days: 30, changelog_retention_days: 365 });
    const { plan, certificate } = await run();
    expect(plan).toMatchObject({ count: 2, held_count: 1, leaves_view: { audit: 2, changes: 0 } });
    expect(certificate).toMatchObject({ outcome: 'completed', removed: 2, left_view: { audit: 2, changes: 0 } });
    expect(await inAudit()).toEqual(['s2 c40', 's2 e40', 's1 c10', 's1 e10']);
    expect(await inChanges()).toEqual(['s1 c300', 's1 c40', 's1 c10', 's2 c40']);
    expect((await as('GET', '/api/v1/enterprise/audit/facets?event_type=file.create,file.open')).body).toMatchObject({ total: 4 });
    expect((await as('GET', '/api/v1/enterprise/audit/events?q=c300')).body.events).toEqual([]);
    const { body } = await as('GET', '/api/v1/sync/changes?cursor=0');
    const [old, , young] = body.changes as { id: string }[];
    expect(await as('GET', `/api/v1/enterprise/audit/events/${String(old?.id)}`)).toMatchObject({ status: 404 });
    expect(await as('GET', `/api/v1/enterprise/audit/events/${String(young?.id)}`)).toMatchObject({ status: 200 });
    expect((await as('GET', `/api/v1/enterprise/audit/events/${String(old?.id)}/explain`)).body).toMatchObject({ verdict: 'kept', because: 'not_old_enough', removed_by: 'settings' });
    // Nothing more is due, and what has left is not counted again.
    expect((await as('POST', `${settingsPolicy}/plan`)).body).toMatchObject({ count: 0, leaves_view: { audit: 0, changes: 0 } });

    await settings({ audit_retention_days: 200 });
    await run();
    expect(await inAudit()).toEqual(['s1 c40', 's2 c40', 's2 e40', 's1 c10', 's1 e10']);
  });

  it('when the change log is the shorter, then readers below what left it are told, with the way on, and those of other shares are not', async () => {
    const { as, settings, run, inAudit, inChanges } = await place(change(300), change(40), change(10), change(40, 's2'), change(10, 's3'));
    const cursorOf = async (query: string): Promise<string> => String((await as('GET', `/api/v1/sync/changes?cursor=0&limit=1${query}`)).body.cursor);
    const [ofAll, ofShare, ofOther] = [await cursorOf(''), await cursorOf('&share_id=s1'), await cursorOf('&share_id=s3')];
    expect(await as('POST', '/api/v1/enterprise/legal-holds', { name: 'Hold', items: [{ scope_type: 'share', scope_id: 's2' }] })).toMatchObject({ status: 201 });
    await settings({ changelog_retention_days: 30 });
    const { plan, certificate } = await run();
    expect(plan).toMatchObject({ count: 0, leaves_view: { audit: 0, changes: 2 } });
    expect(certificate).toMatchObject({ outcome: 'completed', removed: 0, left_view: { audit: 0, changes: 2 } });
    expect(await inAudit()).toEqual(['s1 c300', 's1 c40', 's2 c40', 's1 c10', 's3 c10']);
    expect(await inChanges()).toEqual(['s1 c10', 's2 c40', 's3 c10']);
    for (const query of [`cursor=${ofAll}`, `cursor=${ofShare}&share_id=s1`]) {
      const expired = await as('GET', `/api/v1/sync/changes?${query}`);
      expect(expired).toMatchObject({ status: 410, body: { error: { code: 'CURSOR_EXPIRED', details: { oldest: expect.any(String), head: expect.any(String) } } } });
      const { oldest } = expired.body.error.details as { oldest: string };
      expect(await inChanges(`cursor=${oldest}${query.includes('share_id') ? '&share_id=s1' : ''}`)).toContain('s1 c10');
    }
    expect(await inChanges(`cursor=${ofOther}&share_id=s3`)).toEqual([]);

    await settings({ changelog_retention_days: null });
    expect(await inChanges()).toEqual(['s1 c300', 's1 c40', 's1 c10', 's2 c40', 's3 c10']);
  });

  it('when an entry that is dated back arrives after a run, then it is shown until the next one', async () => {
    const { as, settings, run, inAudit, inChanges } = await place(change(40));
    await settings({ changelog_retention_days: 30 });
    await run();
    expect(await as('POST', '/api/v1/events', change(50))).toMatchObject({ status: 201 });
    expect([await inChanges(), await inAudit()]).toEqual([['s1 c50'], ['s1 c50', 's1 c40']]);
    await run();
    expect(await inChanges()).toEqual([]);
  });
});
