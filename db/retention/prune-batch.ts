// One batch of a removal: gate, run, holds, deletion, tombstone, floors and progress in one transaction, by the pruner's own role.
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { passGate } from '../held/gate.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { readRules, ruleSql } from './rules-in-force.ts';

export interface PruneStep {
  readonly tenantId: string;
  readonly runId: string;
  /** The instant floors and ages are judged by, as ISO 8601. */
  readonly now: string;
  readonly batchEntries?: number;
  /** Where tests let something happen. */
  readonly afterHoldsWereRead?: () => Promise<void>;
}

export type PruneOutcome =
  | { readonly kind: 'removed'; readonly removed: number; readonly kept: number }
  /** Nothing of the plan is left. */
  | { readonly kind: 'done' }
  /** Somebody paused, cancelled or ended the run. */
  | { readonly kind: 'not running'; readonly state: string }
  /** The policy is another than the one that was planned for: the rest of the plan was not reviewed under it. */
  | { readonly kind: 'policy changed' };

export function pruneBatch(pool: Pool, step: PruneStep): Promise<PruneOutcome> {
  return inTenant(pool, step.tenantId, async (client) => {
    const ask = asking(client);
    await passGate(ask, step.tenantId);
    return removeBehindGate(ask, step);
  });
}

/** Behind the gate only, and in statements of their own: the holds read here are those that are in force until this transaction ends. */
export async function removeBehindGate(ask: Ask, { tenantId, runId, now, batchEntries = 5_000, afterHoldsWereRead }: PruneStep): Promise<PruneOutcome> {
  const run = await lockRun(ask, { tenantId, runId });
  if (run.state !== 'running') return { kind: 'not running', state: run.state };
  const part = await findPart(ask, { tenantId, run });
  if (part === null) return { kind: 'done' };
  const rules = await readRules(ask, tenantId);
  await afterHoldsWereRead?.();
  const policy = rules.policies.find(({ shown }) => shown.id === run.policy_id);
  if (policy?.shown.version !== run.policy_version) return { kind: 'policy changed' };
  await ask({ name: 'prune-run', text: `SELECT set_config('holdfast.prune_run', $1, true) AS run`, values: [runId] });
  const parameters = sqlParameters([tenantId, runId, run.plan_hash, part.number, run.after_seq, batchEntries, now, heldUsers(rules.scopes), part.last_seq]);
  const rule = ruleSql(policy, rules, { tenantId, asOf: now, parameters });
  const [done] = await ask<BatchRow>({ name: '', text: batchSql({ held: rule.held(), floored: rule.floored(), old: rule.old() }), values: parameters.values });
  if (done === undefined) throw new Error('a batch answered nothing');
  const looked = Number(done.looked);
  const isPartOver = looked < batchEntries;
  await ask({
    name: 'run-goes-on',
    text: 'UPDATE retention_run SET removed = removed + $3, next_part = $4, after_seq = $5 WHERE tenant_id = $1 AND id = $2',
    values: [tenantId, runId, done.removed, isPartOver ? part.number + 1 : part.number, isPartOver ? part.last_seq : done.last_looked],
  });
  // The head's row is what appends wait for: it is touched last.
  if (done.last_removed !== null) {
    await ask({ name: 'floor-moves', text: 'UPDATE tenant_log SET floor_seq = greatest(floor_seq, $2) WHERE tenant_id = $1', values: [tenantId, done.last_removed] });
  }
  return { kind: 'removed', removed: Number(done.removed), kept: looked - Number(done.removed) };
}

interface RunRow {
  readonly state: string;
  readonly plan_hash: string | null;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly next_part: number;
  readonly after_seq: string;
}

async function lockRun(ask: Ask, { tenantId, runId }: { tenantId: string; runId: string }): Promise<RunRow> {
  const [run] = await ask<RunRow>({
    name: 'lock-run',
    text: `SELECT r.state, r.plan_hash, r.policy_id, (SELECT p.policy_version FROM retention_plan p WHERE p.tenant_id = r.tenant_id AND p.hash = r.plan_hash) AS policy_version,
        r.next_part, r.after_seq
      FROM retention_run r WHERE r.tenant_id = $1 AND r.id = $2 FOR UPDATE OF r`,
    values: [tenantId, runId],
  });
  if (run === undefined) throw new Error(`there is no run ${runId}`);
  return run;
}

interface PartRow {
  readonly number: number;
  readonly last_seq: string;
}

async function findPart(ask: Ask, { tenantId, run }: { tenantId: string; run: RunRow }): Promise<PartRow | null> {
  const [part] = await ask<PartRow>({
    name: 'part-of-plan',
    text: 'SELECT number, last_seq FROM retention_plan_part WHERE tenant_id = $1 AND plan_hash = $2 AND number >= $3 ORDER BY number LIMIT 1',
    values: [tenantId, run.plan_hash, run.next_part],
  });
  return part ?? null;
}

interface BatchRow {
  readonly looked: string;
  readonly last_looked: string | null;
  readonly removed: string;
  readonly last_removed: string | null;
}

function heldUsers(scopes: readonly HeldScope[]): string[] {
  return [...new Set(scopes.flatMap(({ by }) => (by.kind === 'users' ? by.userIds : [])))];
}

/**
 * $1 tenant, $2 run, $3 plan, $4 part, $5 after which seq, $6 how many, $7 now, $8 users under a hold, $9 the last seq of the part.
 * What a removed entry told about who created a resource is remembered for holds on that user.
 */
function batchSql({ held, floored, old }: { held: string; floored: string; old: string }): string {
  return `
  WITH looked AS (
    SELECT e.seq, e.recorded_at, CASE WHEN ${held} THEN 'hold' WHEN ${floored} THEN 'floor' WHEN NOT ${old} THEN 'not_old_enough' END AS reason
    FROM entry e
    WHERE e.tenant_id = $1 AND e.seq > $5 AND e.seq <= $9
      AND e.seq <@ (SELECT p.seqs FROM retention_plan_part p WHERE p.tenant_id = $1 AND p.plan_hash = $3 AND p.number = $4)
      AND ${monthsSql('e')}
    ORDER BY e.seq LIMIT $6
  ), gone AS (
    DELETE FROM entry d USING looked l
    WHERE d.tenant_id = $1 AND d.seq = l.seq AND d.recorded_at = l.recorded_at AND l.reason IS NULL AND ${monthsSql('d')}
    RETURNING d.seq, d.leaf, d.link, d.share_id, d.workspace_id, d.org_id, d.category, d.user_id, d.change_type, d.resource_id
  ), kept AS (
    INSERT INTO retention_kept (tenant_id, run_id, seq, reason) SELECT $1, $2, l.seq, l.reason FROM looked l WHERE l.reason IS NOT NULL ON CONFLICT DO NOTHING
  ), remembered AS (
    INSERT INTO held_resource (tenant_id, user_id, resource_id)
    SELECT DISTINCT $1, g.user_id, g.resource_id FROM gone g WHERE g.change_type = 'created' AND g.resource_id IS NOT NULL AND g.user_id = ANY ($8::text[]) ON CONFLICT DO NOTHING
  ), stone AS (
    INSERT INTO tombstone (tenant_id, run_id, number, first_seq, last_seq, seqs, leaves, links, removed_at)
    SELECT $1, $2, (SELECT count(*) + 1 FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2), min(g.seq), max(g.seq),
      range_agg(int8range(g.seq, g.seq, '[]')), string_agg(g.leaf, '' ORDER BY g.seq), string_agg(g.link, '' ORDER BY g.seq), $7::timestamptz
    FROM gone g HAVING count(*) > 0
  ), floors AS (
    INSERT INTO log_floor (tenant_id, kind, ref, floor_seq)
    SELECT $1, f.kind, f.ref, max(g.seq) FROM gone g, LATERAL (VALUES ('share', g.share_id), ('workspace', g.workspace_id), ('org', g.org_id), ('category', g.category)) AS f (kind, ref)
    WHERE f.ref IS NOT NULL GROUP BY f.kind, f.ref
    ON CONFLICT (tenant_id, kind, ref) DO UPDATE SET floor_seq = greatest(log_floor.floor_seq, excluded.floor_seq)
  )
  SELECT (SELECT count(*) FROM looked) AS looked, (SELECT max(seq) FROM looked) AS last_looked, (SELECT count(*) FROM gone) AS removed, (SELECT max(seq) FROM gone) AS last_removed`;
}

/** Only the partitions in which the seqs of the part lie. */
function monthsSql(alias: 'e' | 'd'): string {
  return `${alias}.recorded_at >= (SELECT coalesce(max(m.month), DATE '-infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq <= $5 + 1)
    AND ${alias}.recorded_at < (SELECT coalesce(min(m.month), DATE 'infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq > $9)`;
}
