// One batch of a removal: gate, run, holds, deletion, tombstone, floors and progress in one transaction, by the pruner's own role.
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import type { HeldScope } from '../../domain/held/held-scope.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { passGate } from '../held/gate.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { defaultBatchEntries, moveFloor, openBehindGate } from './open-batch.ts';
import type { BatchStep, NoBatch } from './open-batch.ts';
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
  const { run, part, policy, rules } = batch;
  await ask({ name: 'prune-run', text: `SELECT set_config('holdfast.prune_run', $1, true) AS run`, values: [runId] });
  const span = await spanOf(ask, { tenantId, planHash: run.plan_hash, part: part.number, afterSeq: run.after_seq, batchEntries });
  const parameters = sqlParameters([tenantId, runId, run.plan_hash, part.number, run.after_seq, span.last_seq, now, heldUsers(rules.scopes), span.from, span.to]);
  const rule = ruleSql(policy, rules, { tenantId, asOf: now, parameters });
  const sql = batchSql({ held: rule.held(), floored: rule.floored(), old: rule.old(), reviewed: run.action === 'quarantine' ? `AND ${hiddenByRunSql}` : '' });
  const [done] = await ask<BatchRow>({ name: '', text: sql, values: parameters.values });
  if (done === undefined) throw new Error('a batch answered nothing');
  const isPartOver = Number(span.last_seq) >= Number(part.last_seq);
  await ask({
    name: 'run-goes-on',
    text: 'UPDATE retention_run SET removed = removed + $3, next_part = $4, after_seq = $5 WHERE tenant_id = $1 AND id = $2',
    values: [tenantId, runId, done.removed, isPartOver ? part.number + 1 : part.number, span.last_seq],
  });
  // The head's row is what appends wait for: it is touched last.
  if (done.last_removed !== null) await moveFloor(ask, { tenantId, seq: done.last_removed });
  return { kind: 'removed', removed: Number(done.removed), kept: Number(done.kept) };
}

/** What a second person confirmed is what was hidden: entries that a hold kept out of the quarantine stay. $1 tenant, $2 run. */
const hiddenByRunSql = `e.seq <@ (SELECT range_agg(q.seqs) FROM quarantine_part q WHERE q.tenant_id = $1 AND q.run_id = $2)`;

interface Span {
  readonly last_seq: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Through which seq so many planned ones lie, and between which months. Asked beforehand: what is known when a statement is planned
 * keeps the other months and the rest of the part out of its plan, and looking at those costs more than the batch.
 */
async function spanOf(ask: Ask, { tenantId, planHash, part, afterSeq, batchEntries }: { tenantId: string; planHash: string | null; part: number; afterSeq: string; batchEntries: number }): Promise<Span> {
  const [span] = await ask<Span>({
    name: 'span-of-batch',
    text: `WITH part AS (
        SELECT p.last_seq, p.seqs * int8multirange(int8range($4::bigint, NULL, '()')) AS seqs FROM retention_plan_part p WHERE p.tenant_id = $1 AND p.plan_hash = $2 AND p.number = $3
      ), ranges AS (
        SELECT lower(r) AS first, upper(r) AS above, sum(upper(r) - lower(r)) OVER (ORDER BY lower(r)) AS planned FROM part, unnest(part.seqs) AS r
      ), span AS (
        SELECT coalesce((SELECT r.above - 1 - (r.planned - $5) FROM ranges r WHERE r.planned >= $5 ORDER BY r.planned LIMIT 1), part.last_seq)::bigint AS last_seq,
          coalesce((SELECT min(r.first) FROM ranges r), $4::bigint + 1) AS first_seq FROM part
      )
      SELECT s.last_seq,
        (SELECT coalesce(max(m.month), DATE '-infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq <= s.first_seq)::text AS from,
        (SELECT coalesce(min(m.month), DATE 'infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq > s.last_seq)::text AS to
      FROM span s`,
    values: [tenantId, planHash, part, afterSeq, batchEntries],
  });
  if (span === undefined) throw new Error('a part of a plan is not there');
  return span;
}

interface BatchRow {
  readonly kept: string;
  readonly removed: string;
  readonly last_removed: string | null;
}

function heldUsers(scopes: readonly HeldScope[]): string[] {
  return [...new Set(scopes.flatMap(({ by }) => (by.kind === 'users' ? by.userIds : [])))];
}

/**
 * $1 tenant, $2 run, $3 plan, $4 part, $5 after which seq, $6 through which, $7 now, $8 users under a hold, $9 and $10 between which instants it was recorded.
 * What a removed entry told about who created a resource is remembered for holds on that user.
 */
function batchSql({ held, floored, old, reviewed }: { held: string; floored: string; old: string; reviewed: string }): string {
  const planned = `e.tenant_id = $1 AND e.seq > $5 AND e.seq <= $6 AND e.recorded_at >= $9::timestamptz AND e.recorded_at < $10::timestamptz
      AND e.seq <@ (SELECT range_agg(p.seqs * int8multirange(int8range($5::bigint, $6::bigint, '(]'))) FROM retention_plan_part p WHERE p.tenant_id = $1 AND p.plan_hash = $3 AND p.number = $4) ${reviewed}`;
  return `
  WITH gone AS (
    DELETE FROM entry e WHERE ${planned} AND NOT ${held} AND NOT ${floored} AND ${old}
    RETURNING e.seq, e.leaf, e.link, e.share_id, e.workspace_id, e.org_id, e.category, e.user_id, e.change_type, e.resource_id
  ), keeping AS MATERIALIZED (
    SELECT e.seq, CASE WHEN ${held} THEN 'hold' WHEN ${floored} THEN 'floor' ELSE 'not_old_enough' END AS reason
    FROM entry e WHERE ${planned} AND NOT (NOT ${held} AND NOT ${floored} AND ${old})
  ), kept AS (
    INSERT INTO retention_kept (tenant_id, run_id, seq, reason) SELECT $1, $2, k.seq, k.reason FROM keeping k ON CONFLICT DO NOTHING
  ), remembered AS (
    INSERT INTO held_resource (tenant_id, user_id, resource_id)
    SELECT DISTINCT $1, g.user_id, g.resource_id FROM gone g WHERE g.change_type = 'created' AND g.resource_id IS NOT NULL AND g.user_id = ANY ($8::text[]) ON CONFLICT DO NOTHING
  ), stone AS (
    INSERT INTO tombstone (tenant_id, run_id, number, first_seq, last_seq, seqs, leaves, links, removed_at)
    SELECT $1, $2, (SELECT count(*) + 1 FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2), min(g.seq), max(g.seq),
      range_agg(int8range(g.seq, g.seq, '[]')), string_agg(g.leaf, '' ORDER BY g.seq), string_agg(g.link, '' ORDER BY g.seq), $7::timestamptz
    FROM gone g HAVING count(*) > 0
  ), places AS (
    SELECT g.share_id, g.workspace_id, g.org_id, g.category, max(g.seq) AS seq FROM gone g GROUP BY 1, 2, 3, 4
  ), floors AS (
    INSERT INTO log_floor (tenant_id, kind, ref, floor_seq)
    SELECT $1, f.kind, f.ref, max(g.seq) FROM places g, LATERAL (VALUES ('share', g.share_id), ('workspace', g.workspace_id), ('org', g.org_id), ('category', g.category)) AS f (kind, ref)
    WHERE f.ref IS NOT NULL GROUP BY f.kind, f.ref
    ON CONFLICT (tenant_id, kind, ref) DO UPDATE SET floor_seq = greatest(log_floor.floor_seq, excluded.floor_seq)
  )
  SELECT (SELECT count(*) FROM keeping) AS kept, (SELECT count(*) FROM gone) AS removed, (SELECT max(seq) FROM gone) AS last_removed`;
}
