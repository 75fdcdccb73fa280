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
import type { StoredPolicy } from './policy-rows.ts';
import { countHiddenRanges, mostHiddenRanges, showAgain } from './quarantine.ts';
import { pausedByHand } from './wait-for-pin.ts';
import { writeRetention } from './write-policy.ts';
import type { OpenRetention, PolicyWriter, RetentionWorld, Written } from './write-policy.ts';

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
  return writeRetention(world, writer, async (open) => {
    const { ask, tenantId } = open;
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
    return insertRun(open, { runId: world.ids.next(), policy, plan: { hash: planHash, policyVersion: plan.policy_version, count: plan.count }, requestedBy: writer.principal.userId, scheduledFor: null });
  });
}

export interface NewRun {
  readonly runId: string;
  readonly policy: StoredPolicy;
  readonly plan: { readonly hash: string; readonly policyVersion: number; readonly count: number };
  readonly requestedBy: string;
  /** Null when somebody asked for it. */
  readonly scheduledFor: string | null;
}

/** Of a plan that is written and has no run yet. */
export async function insertRun(
  { ask, tenantId, now, entry }: OpenRetention,
  { runId, policy: { shown }, plan, requestedBy, scheduledFor }: NewRun,
): Promise<Written<Run> | Refusal> {
  if (shown.version !== plan.policyVersion) return refuse('CONFLICT', { message: 'The policy was changed since the plan was made: plan again.' });
  if (!shown.enabled) return refuse('CONFLICT', { message: 'The policy is disabled.' });
  if (shown.action === 'quarantine') {
    const ranges = await countHiddenRanges(ask, { tenantId, planHash: plan.hash });
    if (ranges > mostHiddenRanges) return refuse('CONFLICT', { message: `A quarantine hides at most ${String(mostHiddenRanges)} separate stretches of the log, and this would come to ${String(ranges)}.`, details: { ranges } });
  }
  await ask({
    name: 'insert-run',
    text: `INSERT INTO retention_run (tenant_id, id, policy_id, plan_hash, state, requested_by, created_at, planned, scheduled_for, action, head_before)
      SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, jsonb_build_object('seq', l.last_seq, 'link', encode(l.last_link, 'hex')) FROM tenant_log l WHERE l.tenant_id = $1`,
    values: [tenantId, runId, shown.id, plan.hash, shown.approval === 'second_person' ? 'awaiting_approval' : 'queued', requestedBy, now, plan.count, scheduledFor, shown.action],
  });
  await addJob(ask, { tenantId, id: runId, kind: 'retention_run', requestedBy, now });
  const scheduled = scheduledFor === null ? {} : { scheduled_for: scheduledFor };
  const details = { policy_name: shown.name, policy_id: shown.id, policy_version: shown.version, plan_hash: plan.hash, action: shown.action, planned: plan.count, ...scheduled };
  return { result: await known(ask, { tenantId, runId }), entries: [entry({ ownAction: 'run_retention', resourceType: 'retention_run', resourceId: runId, resourceName: shown.name, details })] };
}

/** Waits for the batch that is under way: after the answer to "pause" or "cancel" nothing more goes. */
export function commandRun(world: RetentionWorld, writer: PolicyWriter, { runId, command }: { runId: string; command: RunCommand }): Promise<Run | Refusal> {
  const { userId } = writer.principal;
  return writeRetention(world, writer, async ({ ask, tenantId, now, entry }) => {
    await ask({ name: 'lock-run-for-command', text: 'SELECT 1 AS locked FROM retention_run WHERE tenant_id = $1 AND id = $2 FOR UPDATE', values: [tenantId, runId] });
    const run = await findRun(ask, { tenantId, runId });
    if (run === null) return refuse('NOT_FOUND');
    if (command === 'pause') await pausedByHand(ask, { tenantId, runId });
    const state = decideRun(run, command, userId);
    if (state === null) return { result: run, entries: [] };
    if (isRefusal(state)) return state;
    await ask({
      name: 'command-run',
      text: `UPDATE retention_run SET state = $3, finished_at = CASE WHEN $3 IN ('cancelled', 'completed') THEN $6::timestamptz END,
          approved_by = CASE WHEN $4 = 'approve' THEN $5 ELSE approved_by END,
          decision = CASE $4 WHEN 'confirm' THEN 'confirmed' WHEN 'restore' THEN 'restored' ELSE decision END,
          decided_by = CASE WHEN $4 IN ('confirm', 'restore') THEN $5 ELSE decided_by END,
          decided_at = CASE WHEN $4 IN ('confirm', 'restore') THEN $6::timestamptz ELSE decided_at END
        WHERE tenant_id = $1 AND id = $2`,
      values: [tenantId, runId, state, command, userId, now],
    });
    if (run.quarantine !== null && (state === 'cancelled' || state === 'completed')) await showAgain(ask, { tenantId, runId }, now);
    const details = { policy_id: run.policy_id, plan_hash: run.plan_hash, removed: run.removed, ...(run.quarantine === null ? {} : { hidden: run.quarantine.hidden }) };
    return { result: await known(ask, { tenantId, runId }), entries: [entry({ ownAction: `${command}_retention_run`, resourceType: 'retention_run', resourceId: runId, details })] };
  });
}

async function known(ask: Ask, ref: RunRef): Promise<Run> {
  const found = await findRun(ask, ref);
  if (found === null) throw new Error('what was written is not there');
  return found;
}

type RunRow = Omit<Run, 'of' | 'removed' | 'newly_held' | 'newly_held_has_more'> & { readonly of: string; readonly removed: string; readonly newly_held: readonly string[] };

const newlyHeldShown = 100;

const columns = `r.id, r.policy_id, r.plan_hash, r.action, r.state, r.planned AS of, r.removed,
  ARRAY(SELECT k.seq FROM retention_kept k WHERE k.tenant_id = r.tenant_id AND k.run_id = r.id AND k.reason = 'hold' ORDER BY k.seq LIMIT ${String(newlyHeldShown)}) AS newly_held,
  (SELECT jsonb_build_object('hold', count(*) FILTER (WHERE k.reason = 'hold'), 'floor', count(*) FILTER (WHERE k.reason = 'floor'), 'not_old_enough', count(*) FILTER (WHERE k.reason = 'not_old_enough'))
    FROM retention_kept k WHERE k.tenant_id = r.tenant_id AND k.run_id = r.id) AS kept,
  CASE WHEN r.action = 'archive' THEN (
    SELECT jsonb_build_object('parts', count(*), 'entries', coalesce(sum(a.entries), 0), 'bytes', coalesce(sum(a.bytes), 0),
      'sealed_at', (SELECT iso_utc(s.sealed_at) FROM retention_archive s WHERE s.tenant_id = r.tenant_id AND s.run_id = r.id))
    FROM retention_archive_part a WHERE a.tenant_id = r.tenant_id AND a.run_id = r.id) END AS archive,
  CASE WHEN r.action = 'quarantine' THEN jsonb_build_object('hidden', r.hidden, 'since', iso_utc(r.quarantined_at), 'decision', r.decision, 'decided_by', r.decided_by,
    'decided_at', iso_utc(r.decided_at)) END AS quarantine,
  r.requested_by, r.approved_by, iso_utc(r.created_at) AS created_at, iso_utc(r.started_at) AS started_at, iso_utc(r.finished_at) AS finished_at, iso_utc(r.scheduled_for) AS scheduled_for, r.error`;

function asRun(row: RunRow): Run {
  return { ...row, of: Number(row.of), removed: Number(row.removed), newly_held: row.newly_held.map(Number), newly_held_has_more: row.kept.hold > newlyHeldShown };
}
