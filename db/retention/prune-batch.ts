// One batch of a removal: gate, run, holds, deletion, tombstone, floors and progress in one transaction, by the pruner's own role.
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { passGate } from '../held/gate.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { findStretch, plannedSql } from './batch-stretch.ts';
import { defaultBatchEntries, moveFloor, openBehindGate } from './open-batch.ts';
import type { BatchStep, NoBatch, OpenBatch } from './open-batch.ts';
import { ruleSql } from './rules-in-force.ts';

export type PruneStep = BatchStep;
export type PruneOutcome = { readonly kind: 'removed'; readonly removed: number; readonly kept: number } | NoBatch;

export function pruneBatch(pool: Pool, step: PruneStep): Promise<PruneOutcome> {
  return inTenant(pool, step.tenantId, async (client) => {
    const ask = asking(client);
    await passGate(ask, step.tenantId);
    return removeBehindGate(ask, step);
  });
}

/** Behind the gate only, and in statements of their own: the holds read here are those that are in force until this transaction ends. */
export async function removeBehindGate(ask: Ask, step: PruneStep): Promise<PruneOutcome> {
  const { tenantId, runId, now, batchEntries = defaultBatchEntries } = step;
  const batch = await openBehindGate(ask, step);
  if (batch.kind !== 'open') return batch;
  const { run, policy, rules } = batch;
  await ask({ name: 'prune-run', text: `SELECT set_config('holdfast.prune_run', $1, true) AS run`, values: [runId] });
  const { planned, values, next } = await findStretch(ask, { tenantId, runId, batch, batchEntries });
  const reviewed = run.action === 'quarantine' ? `${plannedSql} AND ${hiddenByRunSql}` : plannedSql;

  const users = heldUsers(rules.scopes);
  const parameters = sqlParameters([...values, now]);
  const rule = ruleSql(policy, rules, { tenantId, asOf: now, parameters });
  const going = `${reviewed} AND NOT ${rule.held()} AND NOT ${rule.floored()} AND ${rule.old()}`;
  const removal = removalSql({ going, users: users.length === 0 ? null : parameters.add(users) });
  const [gone] = await ask<{ removed: string; last_removed: string | null }>({ name: '', text: removal, values: parameters.values });
  if (gone === undefined) throw new Error('a batch answered nothing');
  const removed = Number(gone.removed);
  const kept = removed === planned ? 0 : await noteKept(ask, { batch, step, reviewed, values });

  await ask({
    name: 'run-goes-on',
    text: 'UPDATE retention_run SET removed = removed + $3, next_part = $4, after_seq = $5 WHERE tenant_id = $1 AND id = $2',
    values: [tenantId, runId, removed, next.part, next.afterSeq],
  });
  // The head's row is what appends wait for: it is touched last.
  if (gone.last_removed !== null) await moveFloor(ask, { tenantId, seq: gone.last_removed });
  return { kind: 'removed', removed, kept };
}

/** What a second person confirmed is what was hidden: entries that a hold kept out of the quarantine stay. $1 tenant, $2 run. */
const hiddenByRunSql = `e.seq <@ (SELECT range_agg(q.seqs) FROM quarantine_part q WHERE q.tenant_id = $1 AND q.run_id = $2)`;

function heldUsers(scopes: readonly HeldScope[]): string[] {
  return [...new Set(scopes.flatMap(({ by }) => (by.kind === 'users' ? by.userIds : [])))];
}

/** As `plannedSql`, and $9 now. What a removed entry told about who created a resource is remembered for holds on that user. */
function removalSql({ going, users }: { going: string; users: string | null }): string {
  const creation = users === null ? '' : ', e.user_id, e.change_type, e.resource_id';
  const remembered = users === null ? '' : `, remembered AS (
    INSERT INTO held_resource (tenant_id, user_id, resource_id)
    SELECT DISTINCT $1, g.user_id, g.resource_id FROM gone g WHERE g.change_type = 'created' AND g.resource_id IS NOT NULL AND g.user_id = ANY (${users}::text[]) ON CONFLICT DO NOTHING
  )`;
  return `
  WITH gone AS (
    DELETE FROM entry e WHERE ${going} RETURNING e.seq, e.leaf, e.link, e.share_id, e.workspace_id, e.org_id, e.category${creation}
  )${remembered}, stone AS (
    INSERT INTO tombstone (tenant_id, run_id, number, first_seq, last_seq, seqs, leaves, links, removed_at)
    SELECT $1, $2, (SELECT count(*) + 1 FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2), min(g.seq), max(g.seq),
      range_agg(int8range(g.seq, g.seq + 1) ORDER BY g.seq), string_agg(g.leaf, '' ORDER BY g.seq), string_agg(g.link, '' ORDER BY g.seq), $9::timestamptz
    FROM gone g HAVING count(*) > 0
  ), places AS (
    SELECT g.share_id, g.workspace_id, g.org_id, g.category, count(*) AS removed, max(g.seq) AS seq FROM gone g GROUP BY 1, 2, 3, 4
  ), floors AS (
    INSERT INTO log_floor (tenant_id, kind, ref, floor_seq)
    SELECT $1, f.kind, f.ref, max(p.seq) FROM places p, LATERAL (VALUES ('share', p.share_id), ('workspace', p.workspace_id), ('org', p.org_id), ('category', p.category)) AS f (kind, ref)
    WHERE f.ref IS NOT NULL GROUP BY f.kind, f.ref
    ON CONFLICT (tenant_id, kind, ref) DO UPDATE SET floor_seq = greatest(log_floor.floor_seq, excluded.floor_seq)
  )
  SELECT coalesce(sum(p.removed), 0) AS removed, max(p.seq) AS last_removed FROM places p`;
}

/**
 * What is still there of the planned was kept, and why is asked of the few that are: asked of all in the removal, each would be judged twice.
 * By the same rules: behind the gate no hold and no minimum comes or goes. Only another run can remove some of it in between, and then it was not kept.
 */
async function noteKept(ask: Ask, { batch: { policy, rules }, step, reviewed, values }: { batch: OpenBatch; step: PruneStep; reviewed: string; values: readonly unknown[] }): Promise<number> {
  const parameters = sqlParameters(values);
  const rule = ruleSql(policy, rules, { tenantId: step.tenantId, asOf: step.now, parameters });
  const [noted] = await ask<{ kept: string }>({
    name: '',
    text: `
    WITH keeping AS MATERIALIZED (
      SELECT e.seq, CASE WHEN ${rule.held()} THEN 'hold' WHEN ${rule.floored()} THEN 'floor' ELSE 'not_old_enough' END AS reason FROM entry e WHERE ${reviewed}
    ), kept AS (
      INSERT INTO retention_kept (tenant_id, run_id, seq, reason) SELECT $1, $2, k.seq, k.reason FROM keeping k ON CONFLICT DO NOTHING
    )
    SELECT count(*) AS kept FROM keeping`,
    values: parameters.values,
  });
  return Number(noted?.kept);
}
