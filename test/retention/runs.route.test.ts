// Runs at their door, with Temporal away: they are kept, wait visibly, obey who may say so, and show their certificate when they have ended.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { createSignatureCheck, createSigner } from '../../db/evidence/sign.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
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

describe('a run', () => {
  it('when a plan is run, then it is kept until Temporal is there; carried out, it shows what went and its certificate', async () => {
    const { tenantId, policyPath, as } = await place({});
    const { body: plan } = await as('officer', 'POST', `${policyPath}/plan`);
    const started = await as('officer', 'POST', `${policyPath}/run`, { plan_hash: plan.hash });
    expect(started).toMatchObject({ status: 202, body: { state: 'queued', plan_hash: plan.hash, of: 5, removed: 0, newly_held: [], requested_by: 'officer' } });
    expect((await as('second', 'POST', `${policyPath}/run`, { plan_hash: plan.hash })).body).toEqual(started.body);
    const runId = String(started.body.id);
    expect(await as('officer', 'GET', `${runs}/${runId}/certificate`)).toMatchObject({ status: 404 });
    expect((await as('officer', 'GET', '/api/v1/admin/jobs?kind=retention_run')).body).toMatchObject({ jobs: [{ id: runId, state: 'queued' }] });
    expect(await as('officer', 'POST', `/api/v1/admin/jobs/${runId}/cancel`)).toMatchObject({ status: 409 });

    const run = { tenantId, runId };
    const now = new Date().toISOString();
    await beginRun(api.world.pool, run, now);
    while ((await pruneBatch(pruner, { ...run, now })).kind === 'removed');
    const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    await certifyRun({ ...api.world, signer }, run, { failure: null });
    expect((await as('officer', 'GET', `${runs}/${runId}`)).body).toMatchObject({ state: 'completed', removed: 5, kept: { hold: 0 } });
    const { body: certificate } = await as('officer', 'GET', `${runs}/${runId}/certificate`);
    const signed = { body: String(certificate.body), keyId: String(certificate.key_id), signature: Buffer.from(String(certificate.signature), 'base64') };
    expect(createSignatureCheck([signer.key.publicKey])(signed)).toBe('good');
    expect((await as('officer', 'GET', `${runs}?limit=1`)).body).toMatchObject({ runs: [{ id: runId }], has_more: false });
    expect(await as('officer', 'POST', `${runs}/${runId}/cancel`)).toMatchObject({ status: 409 });
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
