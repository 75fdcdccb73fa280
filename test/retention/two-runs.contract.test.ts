// Two runs over the same entries at once take turns: each entry goes once, into one tombstone, and neither run breaks.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { prunePair } from '../../db/retention/prune-pair.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { madeRun, seqsWhere } from './made-run.ts';
import type { MadeRun } from './made-run.ts';
import { stageRemovals } from './removal-stage.ts';
import type { RemovalStage } from './removal-stage.ts';

const entries = 600;

let stage: RemovalStage;
beforeAll(async () => {
  stage = await stageRemovals({ pruners: 4 });
});
afterAll(async () => {
  await stage.end();
});

describe('when two runs remove the same entries at once', () => {
  it('then each entry goes once, and both come to their end', async () => {
    const { ids, store, pruner } = stage;
    const first = await madeRun({ store, ids, facts: Array.from({ length: entries }, (_, index) => ({ share_id: `share${String(index % 7)}` })) });
    const second = await anotherRunOver(first);
    const planned = await seqsWhere(store, first.tenantId, 'share_id IS NOT NULL');

    const removed = await Promise.all([first, second].map(toTheEnd));

    expect(removed.reduce((sum, one) => sum + one, 0)).toBe(entries);
    const [stones] = await queryAs<{ named: string; seqs: string }>(pruner, first.tenantId, {
      text: `SELECT sum(upper(r) - lower(r)) AS named, range_agg(r)::text AS seqs FROM tombstone t, unnest(t.seqs) AS r WHERE t.tenant_id = $1`,
      values: [first.tenantId],
    });
    expect(stones).toEqual({ named: String(entries), seqs: `{[${String(planned[0])},${String((planned.at(-1) ?? 0) + 1)})}` });
    expect(await seqsWhere(store, first.tenantId, 'share_id IS NOT NULL')).toEqual([]);
  });
});

describe('when two runs of a tenant remove side by side, two batches each', () => {
  it('then whoever places a hold gets through between them, and not at their end', async () => {
    const { ids, store, clock } = stage;
    const first = await madeRun({ store, ids, facts: Array.from({ length: 2_400 }, () => ({ share_id: 'free' })) });
    const second = await anotherRunOver(first);
    const { tenantId } = first;
    const left = async (): Promise<number> => (await seqsWhere(store, tenantId, 'share_id IS NOT NULL')).length;
    const removing = Promise.all([first, second].map(toTheEnd));
    const atAnswers: number[] = [];
    for (let hold = 0; hold < 3; hold += 1) {
      granted(await makeHold({ ...store, clock, ids }, officerOf(tenantId), { name: String(hold), items: [{ scope_type: 'share', scope_id: `share${String(hold)}` }] }));
      atAnswers.push(await left());
    }
    await removing;

    expect(atAnswers.filter((count) => count > 0)).toHaveLength(3);
    expect(await left()).toBe(0);
  });
});

async function anotherRunOver({ tenantId, runId }: MadeRun): Promise<MadeRun> {
  const { ids, owner } = stage;
  const other = { tenantId, runId: ids.next() };
  const asked = [tenantId, runId, other.runId];
  const plan = `(SELECT r.plan_hash FROM retention_run r WHERE r.tenant_id = $1 AND r.id = $2)`;
  await owner.query(
    `INSERT INTO retention_plan (tenant_id, hash, policy_id, policy_version, as_of_seq, as_of, summary, made_by, made_at)
     SELECT tenant_id, $3, policy_id, policy_version, as_of_seq, as_of, summary, made_by, made_at FROM retention_plan WHERE tenant_id = $1 AND hash = ${plan}`,
    asked,
  );
  await owner.query(
    `INSERT INTO retention_plan_part (tenant_id, plan_hash, number, first_seq, last_seq, seqs)
     SELECT tenant_id, $3, number, first_seq, last_seq, seqs FROM retention_plan_part WHERE tenant_id = $1 AND plan_hash = ${plan}`,
    asked,
  );
  await owner.query(
    `INSERT INTO retention_run (tenant_id, id, policy_id, plan_hash, state, requested_by, created_at, started_at, head_before)
     SELECT tenant_id, $3, policy_id, $3, state, requested_by, created_at, started_at, head_before FROM retention_run WHERE tenant_id = $1 AND id = $2`,
    asked,
  );
  return other;
}

async function toTheEnd(run: MadeRun): Promise<number> {
  for (let removed = 0; ; ) {
    const outcome = await prunePair(stage.pruner, { ...run, now: new Date().toISOString(), batchEntries: 20 });
    if (outcome.kind === 'done') return removed;
    if (outcome.kind !== 'removed') throw new Error(outcome.kind);
    removed += outcome.removed;
  }
}
