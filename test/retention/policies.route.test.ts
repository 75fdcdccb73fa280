// Retention policies at their door: made, planned, explained; compliance policies that nobody shortens; and who may delete entries at all.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { pruneBatch } from '../../db/retention/prune-batch.ts';
import { inTenant, queryAs } from '../../db/tenant-transaction.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { madeRun, seqsWhere } from './made-run.ts';

let api: TestApi;
let pruner: Pool;
beforeAll(async () => {
  api = await startTestApi();
  pruner = createPool({ url: api.database.prunerUrl, max: 2 });
});
afterAll(async () => {
  await pruner.end();
  await api.end();
});

let tenants = 0;
interface Place {
  readonly tenantId: string;
  as(method: string, path: string, json?: unknown): Promise<Answered>;
  ingest(...events: object[]): Promise<readonly string[]>;
}

async function place(): Promise<Place> {
  tenants += 1;
  const tenantId = `keep${String(tenants)}`;
  await api.makeTenant(tenantId);
  const officer = await tokenFor({ tenantId, userId: 'officer', scope: 'compliance:manage' });
  const producer = await tokenFor({ tenantId, userId: 'producer', scope: 'events:write' });
  return {
    tenantId,
    as: (method, path, json) => api.call(path, { method, token: officer, ...(json === undefined ? {} : { json }) }),
    async ingest(...events) {
      const { status, body } = await api.call('/api/v1/events', { method: 'POST', token: producer, json: { events } });
      expect(status).toBe(201);
      return (body.results as { id: string }[]).map(({ id }) => id);
    },
  };
}

const policies = '/api/v1/enterprise/retention-policies';
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
const file = (days: number, different: object = {}): object => ({ event_type: 'file.update', event_time: daysAgo(days), share_id: 's1', resource_type: 'file', resource_id: `f${String(days)}`, ...different });

describe('policies', () => {
  it('when one is made, read, changed and ended, then each is answered and written down', async () => {
    const { as, tenantId } = await place();
    const made = await as('POST', policies, { name: 'Seven years', retention_days: 2_555, scope_type: 'share', scope_ids: ['s1'], filter: { category: 'file_access' } });
    const expected = { version: 1, trigger: 'creation', action: 'delete', min_retention_days: 0, mode: 'governance', approval: 'none', enabled: true, scope_ids: ['s1'], filter: { category: ['file_access'] } };
    expect(made).toMatchObject({ status: 201, body: expected });
    const path = `${policies}/${String(made.body.id)}`;
    expect((await as('GET', path)).body).toEqual(made.body);
    expect((await as('GET', policies)).body).toMatchObject({ policies: [made.body], has_more: false });
    expect(await as('PATCH', path, { retention_days: 30, enabled: false })).toMatchObject({ status: 200, body: { version: 2, retention_days: 30, enabled: false } });
    expect(await as('PATCH', path, { retention_days: 30 })).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await as('DELETE', path)).toMatchObject({ status: 204 });
    expect(await as('GET', path)).toMatchObject({ status: 404 });
    const entries = await queryAs<{ own_action: string }>(api.world.pool, tenantId, { text: `SELECT own_action FROM entry WHERE tenant_id = $1 AND resource_type = 'retention_policy' AND outcome = 'success' ORDER BY seq`, values: [tenantId] });
    expect(entries.map(({ own_action: action }) => action)).toEqual(['create_retention_policy', 'disable_retention_policy', 'delete_retention_policy']);
  });

  it.each([
    [{ name: 'x' }, 'retention_days'],
    [{ name: 'x', retention_days: -1 }, 'retention_days'],
    [{ name: 'x', retention_days: 1, scope_type: 'share' }, 'scope_ids'],
    [{ name: 'x', retention_days: 1, scope_ids: ['s1'] }, 'scope_ids'],
    [{ name: 'x', retention_days: 1, schedule: 'at night' }, 'schedule'],
    [{ name: 'x', retention_days: 1, filter: { colour: 'red' } }, 'filter'],
    [{ name: 'x', retention_days: 1, action: 'burn' }, 'action'],
  ])('when %j is asked for, then %s is named', async (wish, field) => {
    const { as } = await place();
    const answered = await as('POST', policies, wish);
    expect(answered.status).toBe(422);
    expect(JSON.stringify(answered.body.error.details)).toContain(field);
  });

  it('when a compliance policy would be shortened, then it is refused at the door and by the database; lengthened it may be', async () => {
    const { as, tenantId } = await place();
    const { body: made } = await as('POST', policies, { name: 'SOX', retention_days: 100, min_retention_days: 50, mode: 'compliance', scope_type: 'share', scope_ids: ['s1', 's2'] });
    const path = `${policies}/${String(made.id)}`;
    const shortened = [{ retention_days: 99 }, { min_retention_days: 49 }, { enabled: false }, { mode: 'governance' }, { scope_ids: ['s1'] }, { filter: { share_id: 's1' } }, { action: 'archive' }, { trigger: 'modification' }];
    for (const change of shortened) expect({ change, status: (await as('PATCH', path, change)).status }).toEqual({ change, status: 403 });
    expect(await as('DELETE', path)).toMatchObject({ status: 403 });
    expect(await as('PATCH', path, { retention_days: 200, min_retention_days: 60, scope_ids: ['s1', 's2', 's3'], name: 'SOX 2' })).toMatchObject({ status: 200, body: { version: 2, retention_days: 200 } });
    const byHand = ['retention_days = 1', 'min_retention_days = 0', 'enabled = false', `mode = 'governance'`, `scope_ids = '{s1}'`, `selection = '{}'`, 'deleted_at = now()', `counts_from = 'modification'`];
    for (const set of byHand) {
      await expect(queryAs(api.world.pool, tenantId, { text: `UPDATE retention_policy SET ${set} WHERE tenant_id = $1 AND id = $2`, values: [tenantId, made.id] })).rejects.toThrow('can only be lengthened');
    }
    await expect(queryAs(api.world.pool, tenantId, { text: 'DELETE FROM retention_policy WHERE tenant_id = $1', values: [tenantId] })).rejects.toThrow('permission denied');
  });
});

describe('a plan', () => {
  it('when it is made, then it counts what would go, what is held and what a floor keeps, and changes nothing', async () => {
    const { as, ingest, tenantId } = await place();
    await ingest(file(400), file(90), file(80, { share_id: 's2' }), file(70, { event_type: 'file.open', share_id: 's3' }), file(10));
    await as('POST', '/api/v1/enterprise/legal-holds', { name: 'Hold', items: [{ scope_type: 'share', scope_id: 's2' }] });
    await as('POST', policies, { name: 'Floor', retention_days: 36_500, min_retention_days: 1, scope_type: 'share', scope_ids: ['s3'] });
    const { body: policy } = await as('POST', policies, { name: 'Month', retention_days: 30 });
    const before = await seqsWhere(api.world, tenantId, 'true');
    const planned = await as('POST', `${policies}/${String(policy.id)}/plan`);
    expect(planned).toMatchObject({
      status: 200,
      body: { count: 2, held_count: 1, floor_count: 1, per_category: { file_modification: 2 }, policy_version: 1, as_of_seq: before.length, action: 'delete', samples: [{ seq: 2 }, { seq: 3 }] },
    });
    expect(Object.values(planned.body.per_month as Record<string, number>)).toEqual([1, 1]);
    expect(planned.body.hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await seqsWhere(api.world, tenantId, 'true')).slice(0, -1)).toEqual(before);
    const again = await as('POST', `${policies}/${String(policy.id)}/plan`);
    expect(again.body.count).toBe(2);
    expect(again.body.hash).not.toBe(planned.body.hash);
  });

  it('when age counts from modification, then only what nobody touched since goes', async () => {
    const { as, ingest } = await place();
    await ingest(file(90, { resource_id: 'old' }), file(90, { resource_id: 'used' }), file(5, { resource_id: 'used' }), { event_type: 'auth.login', event_time: daysAgo(90), user_id: 'u' });
    const { body: policy } = await as('POST', policies, { name: 'Untouched', retention_days: 30, trigger: 'modification' });
    expect((await as('POST', `${policies}/${String(policy.id)}/plan`)).body).toMatchObject({ count: 2, held_count: 0 });
  });

  it('when an entry is explained, then its rules say the same as the plan', async () => {
    const { as, ingest } = await place();
    const [old, held, floored, young] = await ingest(file(90), file(90, { share_id: 's2' }), file(90, { share_id: 's3' }), file(5));
    const explain = async (id: string | undefined): Promise<unknown> => (await as('GET', `/api/v1/enterprise/audit/events/${String(id)}/explain`)).body;
    expect(await explain(old)).toMatchObject({ verdict: 'kept', because: 'no_policy', goes_at: null, policies: [] });
    const { body: hold } = await as('POST', '/api/v1/enterprise/legal-holds', { name: 'Hold', items: [{ scope_type: 'share', scope_id: 's2' }] });
    const { body: floor } = await as('POST', policies, { name: 'Floor', retention_days: 36_500, min_retention_days: 1, scope_type: 'share', scope_ids: ['s3'] });
    const { body: policy } = await as('POST', policies, { name: 'Month', retention_days: 30, action: 'archive' });
    expect(await explain(old)).toMatchObject({ verdict: 'goes', because: 'due', removed_by: policy.id, action: 'archive' });
    expect(await explain(held)).toMatchObject({ verdict: 'kept', because: 'hold', goes_at: null, holds: [{ id: hold.id, name: 'Hold' }] });
    expect(await explain(floored)).toMatchObject({ verdict: 'kept', because: 'floor', floor_by: floor.id, removed_by: policy.id, policies: [{ id: floor.id }, { id: policy.id, floor_until: null }] });
    expect(await explain(young)).toMatchObject({ verdict: 'kept', because: 'not_old_enough', removed_by: policy.id });
    expect(await as('GET', '/api/v1/enterprise/audit/events/NONE/explain')).toMatchObject({ status: 404 });
  });
});

describe('who may delete entries', () => {
  it('when a run is registered and under way, then its batches remove what is planned, leave tombstones, and move the floors', async () => {
    const facts = Array.from({ length: 30 }, (_, index) => ({ share_id: index % 2 === 0 ? 's1' : 's2', category: 'file_access' }));
    const { tenantId, runId } = await madeRun({ store: { ...api.world, close: () => Promise.resolve() }, ids: api.world.ids, facts });
    const step = { tenantId, runId, now: new Date().toISOString(), batchEntries: 7 };
    const outcomes = [];
    for (let outcome = await pruneBatch(pruner, step); outcome.kind === 'removed'; outcome = await pruneBatch(pruner, step)) outcomes.push(outcome.removed);
    expect(outcomes).toEqual([7, 7, 7, 7, 2]);
    const [state] = await queryAs<Record<string, unknown>>(api.world.pool, tenantId, {
      text: `SELECT (SELECT floor_seq::int FROM tenant_log WHERE tenant_id = $1) AS floor, (SELECT removed::int FROM retention_run WHERE tenant_id = $1) AS removed,
          (SELECT sum(length(leaves) / 32)::int FROM tombstone WHERE tenant_id = $1) AS leaves, (SELECT range_agg(r)::text FROM tombstone t, unnest(t.seqs) AS r WHERE t.tenant_id = $1) AS seqs,
          (SELECT jsonb_object_agg(kind || ':' || ref, floor_seq) FROM log_floor WHERE tenant_id = $1) AS floors`,
      values: [tenantId],
    });
    expect(state).toEqual({ floor: 31, removed: 30, leaves: 30, seqs: '{[2,32)}', floors: { 'share:s1': 30, 'share:s2': 31, 'category:file_access': 31 } });
    expect(await seqsWhere(api.world, tenantId, 'true')).toEqual([1, 32]);
  });

  it('when anybody deletes in another way, then the database refuses it', async () => {
    const { tenantId, runId } = await madeRun({ store: { ...api.world, close: () => Promise.resolve() }, ids: api.world.ids, facts: [{}, {}, {}] });
    const all = { text: 'DELETE FROM entry WHERE tenant_id = $1', values: [tenantId] };
    await expect(queryAs(api.world.pool, tenantId, all)).rejects.toThrow('permission denied');
    await expect(queryAs(pruner, tenantId, all)).rejects.toThrow('outside a registered run');
    const inRun = (run: string): Promise<unknown> => inTenant(pruner, tenantId, async (client) => {
      await client.query(`SELECT set_config('holdfast.prune_run', $1, true), set_config('holdfast.prune_checked', $2, true)`, [run, tenantId]);
      await client.query(all);
    });
    await expect(inRun('nobody knows it')).rejects.toThrow('outside a registered run');
    await queryAs(api.world.pool, tenantId, { text: `UPDATE retention_run SET state = 'paused' WHERE tenant_id = $1`, values: [tenantId] });
    await expect(inRun(runId)).rejects.toThrow('outside a registered run');
    expect(await pruneBatch(pruner, { tenantId, runId, now: new Date().toISOString() })).toEqual({ kind: 'not running', state: 'paused' });
    for (const text of ['INSERT INTO retention_run SELECT * FROM retention_run', `UPDATE entry SET outcome = 'failure'`, 'TRUNCATE entry', 'DELETE FROM tombstone', 'DELETE FROM legal_hold_item', `UPDATE tenant_log SET last_seq = 99`, `UPDATE retention_run SET state = 'running'`])
      await expect(queryAs(pruner, tenantId, { text })).rejects.toThrow('permission denied');
    expect(await seqsWhere(api.world, tenantId, 'true')).toHaveLength(5);
  });

  it('when the trigger that checks the run is not there, then row security leaves nothing to delete, of a run that was checked for another tenant too', async () => {
    const { tenantId, runId } = await madeRun({ store: { ...api.world, close: () => Promise.resolve() }, ids: api.world.ids, facts: [{}, {}, {}] });
    const removeChecked = (checked: string): Promise<number | null> => inTenant(pruner, tenantId, async (client) => {
      await client.query(`SELECT set_config('holdfast.prune_run', $1, true), set_config('holdfast.prune_checked', $2, true)`, [runId, checked]);
      return (await client.query('DELETE FROM entry WHERE tenant_id = $1 AND seq = 2', [tenantId])).rowCount;
    });
    const owner = createPool({ url: api.database.ownerUrl, max: 1 });
    try {
      await owner.query('ALTER TABLE entry DISABLE TRIGGER only_in_a_run');
      expect([await removeChecked(''), await removeChecked('another')]).toEqual([0, 0]);
      // The control: it is this setting that keeps them.
      expect(await removeChecked(tenantId)).toBe(1);
    } finally {
      await owner.query('ALTER TABLE entry ENABLE ALWAYS TRIGGER only_in_a_run');
      await owner.end();
    }
  });

  it('when the policy is changed while its run is under way, then nothing more goes', async () => {
    const { tenantId, runId } = await madeRun({ store: { ...api.world, close: () => Promise.resolve() }, ids: api.world.ids, facts: [{}, {}, {}] });
    await queryAs(api.world.pool, tenantId, { text: `UPDATE retention_policy SET version = 2 WHERE tenant_id = $1`, values: [tenantId] });
    expect(await pruneBatch(pruner, { tenantId, runId, now: new Date().toISOString() })).toEqual({ kind: 'policy changed' });
  });
});
