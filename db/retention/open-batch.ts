// The beginning of every batch of a run, behind the gate: its row, the part of the plan it has come to, and the rules that are in force until it ends.
import type { Ask } from '../access/ask.ts';
import { passGate } from '../held/gate.ts';
import { isPinned } from '../held/pins.ts';
import type { StoredPolicy } from './policy-rows.ts';
import { readRules } from './rules-in-force.ts';
import type { RulesInForce } from './rules-in-force.ts';

export interface BatchStep {
  readonly tenantId: string;
  readonly runId: string;
  /** The instant floors and ages are judged by, as ISO 8601. */
  readonly now: string;
  readonly batchEntries?: number;
  /** Where tests let something happen. */
  readonly afterHoldsWereRead?: () => Promise<void>;
}

export interface OpenBatch {
  readonly kind: 'open';
  readonly run: RunRow;
  readonly part: PartRow;
  readonly policy: StoredPolicy;
  readonly rules: RulesInForce;
}

/** Where a batch begins that does not wait for the one before to be over. */
export interface BatchPlace {
  readonly part: number;
  readonly afterSeq: string;
  /** Of the tombstone it writes, if it writes one. */
  readonly stone: number;
}

/** Why there is no batch. */
export type NoBatch =
  /** Nothing of the plan is left. */
  | { readonly kind: 'done' }
  /** An export still has to read what comes next. */
  | { readonly kind: 'pinned' }
  /** Somebody paused, cancelled or ended the run. */
  | { readonly kind: 'not running'; readonly state: string }
  /** The policy is another than the one that was planned for: the rest of the plan was not reviewed under it. */
  | { readonly kind: 'policy changed' };

/** A hold that is placed waits for the batch under way: some tenths of a second. What a batch costs besides its entries weighs less the larger it is. */
export const defaultBatchEntries = 25_000;

/** The gate is passed by the first statement of the transaction, the holds are read by later ones: those in force until it ends. */
export async function openBatch(ask: Ask, step: BatchStep): Promise<OpenBatch | NoBatch> {
  await passGate(ask, step.tenantId);
  return openBehindGate(ask, step);
}

/** Without a place it begins where the run stands, and the run is locked. */
export async function openBehindGate(ask: Ask, { tenantId, runId, afterHoldsWereRead }: BatchStep, place: BatchPlace | null = null): Promise<OpenBatch | NoBatch> {
  const run = place === null ? await lockRun(ask, { tenantId, runId }) : { ...(await readRun(ask, { tenantId, runId })), next_part: place.part, after_seq: place.afterSeq };
  if (run.state !== 'running') return { kind: 'not running', state: run.state };
  const part = await findPart(ask, { tenantId, run });
  if (part === null) return { kind: 'done' };
  if (await isPinned(ask, { tenantId, afterSeq: run.after_seq, throughSeq: part.last_seq })) return { kind: 'pinned' };
  const rules = await readRules(ask, tenantId);
  await afterHoldsWereRead?.();
  const policy = rules.policies.find(({ shown }) => shown.id === run.policy_id);
  if (policy?.shown.version !== run.policy_version) return { kind: 'policy changed' };
  return { kind: 'open', run, part, policy, rules };
}

/** The head's row is what appends wait for: it is touched last. */
export async function moveFloor(ask: Ask, { tenantId, seq }: { tenantId: string; seq: string }): Promise<void> {
  await ask({ name: 'floor-moves', text: 'UPDATE tenant_log SET floor_seq = greatest(floor_seq, $2) WHERE tenant_id = $1', values: [tenantId, seq] });
}

export interface RunRow {
  readonly state: string;
  readonly action: string;
  readonly plan_hash: string | null;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly next_part: number;
  readonly after_seq: string;
}

/** Whoever wants to change it waits; who only names it (a tombstone) does not. */
function lockRun(ask: Ask, run: RunName): Promise<RunRow> {
  return findRun(ask, run, { name: 'lock-run', lock: 'FOR NO KEY UPDATE OF r' });
}

function readRun(ask: Ask, run: RunName): Promise<RunRow> {
  return findRun(ask, run, { name: 'read-run', lock: '' });
}

interface RunName {
  readonly tenantId: string;
  readonly runId: string;
}

async function findRun(ask: Ask, { tenantId, runId }: RunName, { name, lock }: { readonly name: string; readonly lock: string }): Promise<RunRow> {
  const [run] = await ask<RunRow>({
    name,
    text: `SELECT r.state, r.action, r.plan_hash, r.policy_id, (SELECT p.policy_version FROM retention_plan p WHERE p.tenant_id = r.tenant_id AND p.hash = r.plan_hash) AS policy_version,
        r.next_part, r.after_seq
      FROM retention_run r WHERE r.tenant_id = $1 AND r.id = $2 ${lock}`,
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

/** Only the partitions in which the seqs of the part lie. $1 is the tenant; `after` and `last` name the parameters of the seqs between which they lie. */
export function monthsSql(alias: 'e' | 'd', { after, last }: { after: string; last: string }): string {
  return `${alias}.recorded_at >= (SELECT coalesce(max(m.month), DATE '-infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq <= ${after}::bigint + 1)
    AND ${alias}.recorded_at < (SELECT coalesce(min(m.month), DATE 'infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq > ${last}::bigint)`;
}
