// The rows of runs: started once for each plan, read, moved by commands.
import { decideRun } from '../../domain/retention/decide-run.ts';
import type { RunCommand } from '../../domain/retention/decide-run.ts';
import type { Run } from '../../domain/retention/run.schema.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Ask } from '../access/ask.ts';
import { addJob } from '../job/jobs.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';
import { findPolicy } from './policy-rows.ts';
import { writeRetention } from './write-policy.ts';
import type { PolicyWriter, RetentionWorld } from './write-policy.ts';

export interface RunRef {
  readonly tenantId: string;
  readonly runId: string;
}

export async function findRun(ask: Ask, { tenantId, runId }: RunRef): Promise<Run | null> {
  const [row] = await ask<RunRow>({ name: 'find-run', text: `SELECT ${columns} FROM retention_run r WHERE r.tenant_id = $1 AND r.id = $2`, values: [tenantId, runId] });
  return row === undefined ? null : asRun(row);
}

/** The newest first: ids are ordered by the time of their making. */
export async function listRuns(ask: Ask, { tenantId, policyId, afterId, limit }: PageAsked & { readonly tenantId: string; readonly policyId: string | null }): Promise<Page<Run>> {
  const rows = await ask<RunRow>({
    name: 'list-runs',
    text: `SELECT ${columns} FROM retention_run r WHERE r.tenant_id = $1 AND ($2::text IS NULL OR r.policy_id = $2) AND ($3 = '' OR r.id < $3) ORDER BY r.id DESC LIMIT $4`,
    values: [tenantId, policyId, afterId, limit + 1],
  });
  return pageOf(rows.map(asRun), { limit });
}

/** A plan that ran, or runs, is not run again: its run is the answer. */
export function startRun(world: RetentionWorld, writer: PolicyWriter, { policyId, planHash }: { policyId: string; planHash: string }): Promise<Run | Refusal> {
  const by = writer.principal.userId;
  return writeRetention(world, writer, async ({ ask, tenantId, now, entry }) => {
    const policy = await findPolicy(ask, { tenantId, policyId });
    const [plan] = await ask<{ policy_version: number; count: number }>({
      name: 'plan-to-run',
      text: `SELECT policy_version, (summary ->> 'count')::int AS count FROM retention_plan WHERE tenant_id = $1 AND hash = $2 AND policy_id = $3`,
      values: [tenantId, planHash, policyId],
    });
    if (policy === null || plan === undefined) return refuse('NOT_FOUND');
    const [before] = await ask<{ id: string }>({
      name: 'run-of-plan',
      text: `SELECT id FROM retention_run WHERE tenant_id = $1 AND plan_hash = $2 AND state NOT IN ('cancelled', 'failed')`,
      values: [tenantId, planHash],
    });
    if (before !== undefined) return { result: await known(ask, { tenantId, runId: before.id }), entries: [] };
    const { shown } = policy;
    if (shown.version !== plan.policy_version) return refuse('CONFLICT', { message: 'The policy was changed since the plan was made: plan again.' });
    if (!shown.enabled) return refuse('CONFLICT', { message: 'The policy is disabled.' });
    if (shown.action !== 'delete') return refuse('CONFLICT', { message: `Runs that ${shown.action} are not carried out by this release: nothing was removed.` });
    const runId = world.ids.next();
    await ask({
      name: 'insert-run',
      text: `INSERT INTO retention_run (tenant_id, id, policy_id, plan_hash, state, requested_by, created_at, planned, head_before)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, jsonb_build_object('seq', l.last_seq, 'link', encode(l.last_link, 'hex')) FROM tenant_log l WHERE l.tenant_id = $1`,
      values: [tenantId, runId, policyId, planHash, shown.approval === 'second_person' ? 'awaiting_approval' : 'queued', by, now, plan.count],
    });
    await addJob(ask, { tenantId, id: runId, kind: 'retention_run', requestedBy: by, now });
    const details = { policy_name: shown.name, policy_id: policyId, policy_version: shown.version, plan_hash: planHash, planned: plan.count };
    return { result: await known(ask, { tenantId, runId }), entries: [entry({ ownAction: 'run_retention', resourceType: 'retention_run', resourceId: runId, resourceName: shown.name, details })] };
  });
}

/** Waits for the batch that is under way: after the answer to "pause" or "cancel" nothing more goes. */
export function commandRun(world: RetentionWorld, writer: PolicyWriter, { runId, command }: { runId: string; command: RunCommand }): Promise<Run | Refusal> {
  const { userId } = writer.principal;
  return writeRetention(world, writer, async ({ ask, tenantId, now, entry }) => {
    await ask({ name: 'lock-run-for-command', text: 'SELECT 1 AS locked FROM retention_run WHERE tenant_id = $1 AND id = $2 FOR UPDATE', values: [tenantId, runId] });
    const run = await findRun(ask, { tenantId, runId });
    if (run === null) return refuse('NOT_FOUND');
    const state = decideRun(run, command, userId);
    if (state === null) return { result: run, entries: [] };
    if (isRefusal(state)) return state;
    await ask({
      name: 'command-run',
      text: `UPDATE retention_run SET state = $3, approved_by = CASE WHEN $4 THEN $5 ELSE approved_by END, finished_at = CASE WHEN $3 = 'cancelled' THEN $6::timestamptz END
        WHERE tenant_id = $1 AND id = $2`,
      values: [tenantId, runId, state, command === 'approve', userId, now],
    });
    const details = { policy_id: run.policy_id, plan_hash: run.plan_hash, removed: run.removed };
    return { result: await known(ask, { tenantId, runId }), entries: [entry({ ownAction: `${command}_retention_run`, resourceType: 'retention_run', resourceId: runId, details })] };
  });
}

async function known(ask: Ask, ref: RunRef): Promise<Run> {
  const found = await findRun(ask, ref);
  if (found === null) throw new Error('what was written is not there');
  return found;
}

type RunRow = Omit<Run, 'of' | 'removed' | 'newly_held'> & { readonly of: string; readonly removed: string; readonly newly_held: readonly string[] };

const columns = `r.id, r.policy_id, r.plan_hash, r.state, r.planned AS of, r.removed,
  ARRAY(SELECT k.seq FROM retention_kept k WHERE k.tenant_id = r.tenant_id AND k.run_id = r.id AND k.reason = 'hold' ORDER BY k.seq LIMIT 100) AS newly_held,
  (SELECT jsonb_build_object('hold', count(*) FILTER (WHERE k.reason = 'hold'), 'floor', count(*) FILTER (WHERE k.reason = 'floor'), 'not_old_enough', count(*) FILTER (WHERE k.reason = 'not_old_enough'))
    FROM retention_kept k WHERE k.tenant_id = r.tenant_id AND k.run_id = r.id) AS kept,
  r.requested_by, r.approved_by, iso_utc(r.created_at) AS created_at, iso_utc(r.started_at) AS started_at, iso_utc(r.finished_at) AS finished_at, r.error`;

function asRun(row: RunRow): Run {
  return { ...row, of: Number(row.of), removed: Number(row.removed), newly_held: row.newly_held.map(Number) };
}
