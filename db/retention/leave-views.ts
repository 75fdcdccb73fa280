// One stretch of a log leaves the views whose time is over: gate, run, holds, what leaves, floors and progress in one transaction, by the pruner's role.
import { viewPartSeqs, views } from '../../domain/access/view.ts';
import type { View } from '../../domain/access/view.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import { passGate } from '../held/gate.ts';
import { isPinned } from '../held/pins.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { overSql, readRules, ruleSql } from './rules-in-force.ts';
import type { RulesInForce } from './rules-in-force.ts';
import type { StoredPolicy } from './policy-rows.ts';

export interface LeaveStep {
  readonly tenantId: string;
  readonly runId: string;
}

/** `pinned` when an export still has to read this stretch. False when nothing is left to do, or the run is not under way by the rules it was planned by: who removes afterwards says which. */
export function leaveViews(pool: Pool, { tenantId, runId }: LeaveStep): Promise<boolean | 'pinned'> {
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    await passGate(ask, tenantId);
    const run = await lockRun(ask, { tenantId, runId });
    if (run?.state !== 'running') return false;
    const first = run.next_view_part * viewPartSeqs + 1;
    const asOfSeq = Number(run.as_of_seq);
    if (first > asOfSeq) return false;
    const rules = await readRules(ask, tenantId);
    const policy = rules.policies.find(({ shown }) => shown.id === run.policy_id);
    if (policy?.shown.version !== run.policy_version || policy.shown.views === null) return false;
    const stretch = { tenantId, part: run.next_view_part, first, last: Math.min(first + viewPartSeqs - 1, asOfSeq), asOf: run.as_of };
    const left = { audit: 0, changes: 0 };
    if (await isPinned(ask, { tenantId, afterSeq: stretch.first - 1, throughSeq: stretch.last })) return 'pinned';
    for (const view of views) left[view] = await leave(ask, { ...stretch, view, policy, rules });
    await ask({
      name: 'leaving-goes-on',
      text: `UPDATE retention_run SET next_view_part = next_view_part + 1, left_audit = left_audit + $3, left_changes = left_changes + $4 WHERE tenant_id = $1 AND id = $2`,
      values: [tenantId, runId, left.audit, left.changes],
    });
    return true;
  });
}

interface RunRow {
  readonly state: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly next_view_part: number;
  readonly as_of_seq: string;
  readonly as_of: string;
}

async function lockRun(ask: Ask, { tenantId, runId }: LeaveStep): Promise<RunRow | null> {
  const [run] = await ask<RunRow>({
    name: 'lock-run-to-leave',
    text: `SELECT r.state, r.policy_id, p.policy_version, r.next_view_part, p.as_of_seq, iso_utc(p.as_of) AS as_of
      FROM retention_run r JOIN retention_plan p ON p.tenant_id = r.tenant_id AND p.hash = r.plan_hash WHERE r.tenant_id = $1 AND r.id = $2 FOR UPDATE OF r`,
    values: [tenantId, runId],
  });
  return run ?? null;
}

interface Leaving {
  readonly tenantId: string;
  readonly part: number;
  readonly first: number;
  readonly last: number;
  /** Of the plan: what is out of the view was reviewed by it. */
  readonly asOf: string;
  readonly view: View;
  readonly policy: StoredPolicy;
  readonly rules: RulesInForce;
}

/** Answers how many have left that are not removed as well. */
async function leave(ask: Ask, { tenantId, part, first, last, asOf, view, policy, rules }: Leaving): Promise<number> {
  const days = policy.shown.views?.[view] ?? null;
  const parameters = sqlParameters([tenantId, view, part, first, last, asOf, days]);
  const over = overSql({ days, view, asOf, parameters });
  if (over === null) return 0;
  const rule = ruleSql(policy, rules, { tenantId, asOf, parameters });
  const [row] = await ask<{ left_view: string }>({
    name: '',
    text: `
      WITH over AS MATERIALIZED (
        SELECT e.seq, e.share_id, (${rule.held()} OR ${rule.floored()}) AS kept, ${rule.due()} AS due, ${stillInViewSql(view)} AS was_in
        FROM entry e WHERE e.tenant_id = $1 AND e.seq >= $4 AND e.seq <= $5 AND ${over}
      ), noted AS (
        INSERT INTO log_view (tenant_id, view, part, through_seq, cutoff, kept)
        SELECT $1, $2, $3, $5, $6::timestamptz - make_interval(days => $7::int), coalesce(range_agg(int8range(seq, seq, '[]')) FILTER (WHERE kept), '{}') FROM over
        ON CONFLICT (tenant_id, view, part) DO UPDATE SET through_seq = excluded.through_seq, cutoff = excluded.cutoff, kept = excluded.kept
      ), floors AS (
        INSERT INTO log_floor (tenant_id, kind, ref, floor_seq)
        SELECT $1, f.kind, f.ref, max(o.seq) FROM over o, LATERAL (VALUES ('changes', ''), ('changes_of_share', o.share_id)) AS f (kind, ref)
        WHERE $2 = 'changes' AND NOT o.kept AND f.ref IS NOT NULL GROUP BY f.kind, f.ref
        ON CONFLICT (tenant_id, kind, ref) DO UPDATE SET floor_seq = greatest(log_floor.floor_seq, excluded.floor_seq)
      )
      SELECT count(*) AS left_view FROM over WHERE was_in AND NOT kept AND NOT due`,
    values: parameters.values,
  });
  return Number(row?.left_view ?? 0);
}
