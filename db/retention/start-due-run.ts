// The time of a policy's schedule has come: plans what is due and starts a run of exactly that, once for each time.
import type { DueOutcome } from '../../domain/retention/due-outcome.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { findJob } from '../job/jobs.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { lookForPlan, writePlan } from './make-plan.ts';
import { findPolicy } from './policy-rows.ts';
import { insertRun } from './run-rows.ts';
import { writeAsSchedule } from './write-policy.ts';

export interface DueWorld {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface DueJob {
  readonly tenantId: string;
  readonly jobId: string;
  /** Hears of each part of the log that was looked through. */
  readonly onPart?: () => void;
}

/** Looked at before the log is looked through, and again behind the gate. Throws when the policy was changed meanwhile: then it is due by other rules. */
export async function startDueRun(world: DueWorld, { tenantId, jobId, onPart }: DueJob): Promise<DueOutcome> {
  const { pool, ids } = world;
  const due = await inTenant(pool, tenantId, (client) => readDue(asking(client), { tenantId, jobId }));
  const before = await inTenant(pool, tenantId, (client) => settledBefore(asking(client), due));
  if (before !== null) return before;
  const looked = await lookForPlan(world, { tenantId, policyId: due.policyId, ...(onPart === undefined ? {} : { onPart }) });
  if (isRefusal(looked)) return { outcome: 'policy_not_in_force' };
  const { plan, policy } = looked;
  // A night on which nothing is old enough leaves no plan, no run and no entry behind.
  if (plan.count + plan.leaves_view.audit + plan.leaves_view.changes === 0) return { outcome: 'nothing_due', held: plan.held_count, kept_by_minimum: plan.floor_count };
  const started = await writeAsSchedule<DueOutcome>(world, tenantId, async (open) => {
    const settled = await settledBefore(open.ask, due);
    if (settled !== null) return { result: settled, entries: [] };
    const planned = await writePlan(open, looked);
    if (isRefusal(planned)) throw new Error(planned.message);
    const { hash, policy_version: policyVersion, count } = plan;
    const run = await insertRun(open, { runId: ids.next(), policy, plan: { hash, policyVersion, count }, requestedBy: policy.changedBy, scheduledFor: due.scheduledFor });
    return isRefusal(run) ? run : { result: { outcome: 'started', run_id: run.result.id, planned: count }, entries: [planned, ...run.entries] };
  });
  return isRefusal(started) ? { outcome: 'refused', reason: started.message } : started;
}

interface Due {
  readonly tenantId: string;
  readonly policyId: string;
  readonly scheduledFor: string;
}

async function readDue(ask: Ask, { tenantId, jobId }: { tenantId: string; jobId: string }): Promise<Due> {
  const job = await findJob(ask, { tenantId, id: jobId });
  if (job?.scheduledFor == null) throw new Error(`the job ${jobId} is of no schedule`);
  return { tenantId, policyId: job.subject, scheduledFor: job.scheduledFor };
}

/** Null when the run is to be started now. */
async function settledBefore(ask: Ask, { tenantId, policyId, scheduledFor }: Due): Promise<DueOutcome | null> {
  // One statement: of two, the second would find the run that another attempt of this very step has started between them, and take it for one in the way.
  const [run] = await ask<{ id: string; planned: string; is_mine: boolean }>({
    name: 'run-of-time-or-open',
    text: `SELECT id, planned, coalesce(scheduled_for = $3, false) AS is_mine FROM retention_run
      WHERE tenant_id = $1 AND policy_id = $2 AND (scheduled_for = $3 OR state IN ('queued', 'awaiting_approval', 'running', 'paused'))
      ORDER BY is_mine DESC, id LIMIT 1`,
    values: [tenantId, policyId, scheduledFor],
  });
  if (run?.is_mine === true) return { outcome: 'started', run_id: run.id, planned: Number(run.planned) };
  const policy = await findPolicy(ask, { tenantId, policyId });
  if (policy?.shown.enabled !== true) return { outcome: 'policy_not_in_force' };
  return run === undefined ? null : { outcome: 'run_under_way', run_id: run.id };
}
