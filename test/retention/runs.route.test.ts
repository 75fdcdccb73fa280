// Runs at their door, with Temporal away: they are kept, wait visibly, obey who may say so, and show their certificate when they have ended.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signBeginning } from '../../activities/retention/sign-beginning.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { tamper } from '../evidence/tamper.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { freshSigner } from './made-run.ts';

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

const runs = '/api/v1/enterprise/retention-runs';
const policies = '/api/v1/enterprise/retention-policies';
let tenants = 0;

interface Place {
  readonly tenantId: string;
  readonly policyPath: string;
  as(userId: string, method: string, path: string, json?: unknown): Promise<Answered>;
}

async function place(policy: object): Promise<Place> {
  tenants += 1;
  const tenantId = `runs${String(tenants)}`;
  await api.makeTenant(tenantId);
  const as: Place['as'] = async (userId, method, path, json) =>
    api.call(path, { method, token: await tokenFor({ tenantId, userId, scope: 'tenant:admin' }), ...(json === undefined ? {} : { json }) });
  const events = Array.from({ length: 5 }, () => ({ event_type: 'file.open', event_time: '2020-01-01T00:00:00Z', share_id: 's1' }));
  expect(await as('producer', 'POST', '/api/v1/events', { events })).toMatchObject({ status: 201 });
  const { body } = await as('officer', 'POST', policies, { name: 'Month', retention_days: 30, filter: { event_type: 'file.open' }, ...policy });
  return { tenantId, policyPath: `${policies}/${String(body.id)}`, as };
}

/** All pages of what a run kept, each going on from the one before. */
async function pages(as: Place['as'], path: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let cursor = ''; found.length < 20; ) {
    const { status, body } = await as('officer', 'GET', `${path}${cursor}`);
    expect(status).toBe(200);
    found.push(body.kept);
    if (body.has_more !== true) return found;
    cursor = `&cursor=${String(body.cursor)}`;
  }
  throw new Error('the pages have no end');
}

describe('a run', () => {
  it('when a plan is run, then it is kept until Temporal is there; carried out, it shows what went and its certificate', async () => {
    const { tenantId, policyPath, as } = await place({});
    const { body: plan } = await as('officer', 'POST', `${policyPath}/plan`);
    const started = await as('officer', 'POST', `${policyPath}/run`, { plan_hash: plan.hash });
    expect(started).toMatchObject({ status: 202, body: { state: 'queued', plan_hash: plan.hash, of: 5, removed: 0, newly_held: [], requested_by: 'officer' } });
    expect((await as('second', 'POST', `${policyPath}/run`, { plan_hash: plan.hash })).body).toEqual(started.body);
    const runId = String(started.body.id);
    expect(await as('officer', 'GET', `${runs}/${runId}/certificate`)).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT', details: { state: 'queued' } } } });
    expect(await as('officer', 'GET', `${runs}/unknown/certificate`)).toMatchObject({ status: 404 });
    expect((await as('officer', 'GET', '/api/v1/admin/jobs?kind=retention_run')).body).toMatchObject({ jobs: [{ id: runId, state: 'queued' }] });
    expect(await as('officer', 'POST', `/api/v1/admin/jobs/${runId}/cancel`)).toMatchObject({ status: 409 });

    const run = { tenantId, runId };
    const now = new Date().toISOString();
    await beginRun(api.world.pool, run, now);
    const signer = freshSigner();
    await signBeginning({ ...api.world, signer }, run);
    while ((await pruneBatch(pruner, { ...run, now })).kind === 'removed');
    await certifyRun({ ...api.world, signer }, run, { failure: null });
    expect((await as('officer', 'GET', `${runs}/${runId}`)).body).toMatchObject({ state: 'completed', removed: 5, kept: { hold: 0 } });
    const { body: certificate } = await as('officer', 'GET', `${runs}/${runId}/certificate`);
    const signed = { body: String(certificate.body), keyId: String(certificate.key_id), signature: Buffer.from(String(certificate.signature), 'base64') };
    expect(createSignatureCheck([signer.key.publicKey])(signed)).toBe('good');
    expect((await as('officer', 'GET', `${runs}?limit=1`)).body).toMatchObject({ runs: [{ id: runId }], has_more: false });
    expect(await as('officer', 'POST', `${runs}/${runId}/cancel`)).toMatchObject({ status: 409 });
  });

  it('when it keeps some of its plan, then each is listed with its reason, page by page, also those that are gone since', async () => {
    const { tenantId, policyPath, as } = await place({});
    const more = Array.from({ length: 110 }, () => ({ event_type: 'file.open', event_time: '2020-01-01T00:00:00Z', share_id: 'held' }));
    expect(await as('producer', 'POST', '/api/v1/events', { events: more.slice(0, 100) })).toMatchObject({ status: 201 });
    expect(await as('producer', 'POST', '/api/v1/events', { events: more.slice(100) })).toMatchObject({ status: 201 });
    const { body: started } = await as('officer', 'POST', `${policyPath}/run`, {});
    expect(started).toMatchObject({ of: 115 });
    const path = `${runs}/${String(started.id)}`;
    expect(await as('officer', 'GET', `${path}/kept`)).toMatchObject({ status: 200, body: { kept: [], cursor: null, has_more: false } });
    const hold = await as('officer', 'POST', '/api/v1/enterprise/legal-holds', { name: 'Late', items: [{ scope_type: 'share', scope_id: 'held' }] });
    expect(hold.status).toBe(201);
    await as('officer', 'POST', policies, { name: 'Years', retention_days: 9_999, min_retention_days: 9, scope_type: 'share', scope_ids: ['s1'] });
    const run = { tenantId, runId: String(started.id) };
    const now = new Date().toISOString();
    await beginRun(api.world.pool, run, now);
    await signBeginning({ ...api.world, signer: freshSigner() }, run);
    while ((await pruneBatch(pruner, { ...run, now, batchEntries: 50 })).kind === 'removed');

    const { body: shown } = await as('officer', 'GET', path);
    expect(shown).toMatchObject({ removed: 0, kept: { hold: 110, floor: 5, not_old_enough: 0 }, newly_held_has_more: true });
    expect(shown.newly_held).toHaveLength(100);
    const ids = await queryAs<{ seq: string; id: string; share_id: string }>(api.world.pool, tenantId, {
      text: `SELECT seq, id, share_id FROM entry WHERE tenant_id = $1 AND event_type = 'file.open' ORDER BY seq`,
      values: [tenantId],
    });
    const all = ids.map(({ seq, id, share_id: share }) => ({ seq: Number(seq), id: `aud_${id}`, reason: share === 'held' ? 'hold' : 'floor' }));
    expect(await pages(as, `${path}/kept?limit=50`)).toEqual([all.slice(0, 50), all.slice(50, 100), all.slice(100)]);
    expect(await pages(as, `${path}/kept?limit=50&reason=floor`)).toEqual([all.slice(0, 5)]);
    expect(await as('officer', 'GET', `${path}/kept?reason=mood`)).toMatchObject({ status: 422 });
    expect(await as('officer', 'GET', `${path}/kept?cursor=bm9uZQ`)).toMatchObject({ status: 400, body: { error: { code: 'CURSOR_INVALID' } } });
    expect(await as('officer', 'GET', `${runs}/unknown/kept`)).toMatchObject({ status: 404 });
    await tamper(api.database, [`DELETE FROM entry WHERE tenant_id = '${tenantId}' AND seq = ${String(all[0]?.seq)}`]);
    expect((await as('officer', 'GET', `${path}/kept?limit=2`)).body).toMatchObject({ kept: [{ ...all[0], id: null }, all[1]], has_more: true });
  });

  it('when it needs a second person, then nobody approves what they asked for, and pausing and cancelling are obeyed', async () => {
    const { policyPath, as } = await place({ approval: 'second_person' });
    const { body: run, status } = await as('officer', 'POST', `${policyPath}/run`, {});
    expect({ status, state: run.state, of: run.of }).toEqual({ status: 202, state: 'awaiting_approval', of: 5 });
    const path = `${runs}/${String(run.id)}`;
    expect(await as('officer', 'POST', `${path}/approve`)).toMatchObject({ status: 403, body: { error: { code: 'SECOND_PERSON_REQUIRED' } } });
    expect(await as('officer', 'POST', `${path}/pause`)).toMatchObject({ status: 409 });
    expect(await as('second', 'POST', `${path}/approve`)).toMatchObject({ status: 200, body: { state: 'queued', approved_by: 'second' } });
    expect(await as('officer', 'POST', `${path}/pause`)).toMatchObject({ status: 200, body: { state: 'paused' } });
    expect(await as('officer', 'POST', `${path}/resume`)).toMatchObject({ status: 200, body: { state: 'queued' } });
    expect(await as('officer', 'POST', `${path}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await as('officer', 'POST', `${path}/resume`)).toMatchObject({ status: 409 });
  });

  it('when the plan is not one of the policy, or is older than its last change, then nothing starts', async () => {
    const { policyPath, as } = await place({});
    expect(await as('officer', 'POST', `${policyPath}/run`, { plan_hash: '0'.repeat(64) })).toMatchObject({ status: 404 });
    const { body: plan } = await as('officer', 'POST', `${policyPath}/plan`);
    await as('officer', 'PATCH', policyPath, { retention_days: 31 });
    expect(await as('officer', 'POST', `${policyPath}/run`, { plan_hash: plan.hash })).toMatchObject({ status: 409 });
    expect((await as('officer', 'GET', runs)).body).toMatchObject({ runs: [] });
  });
});
