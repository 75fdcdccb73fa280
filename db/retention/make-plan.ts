// Makes a plan: looks through the log in parts, keeps the set that would be removed, and names it by its hash.
import { createHash } from 'node:crypto';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import type { SqlParameters } from '../../domain/filter/filter-sql.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { planText } from '../../domain/retention/plan.schema.ts';
import type { Plan, PlanPart, PlanSummary } from '../../domain/retention/plan.schema.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { inTenant, queryAs } from '../tenant-transaction.ts';
import { findPolicy, lockPolicy } from './policy-rows.ts';
import type { StoredPolicy } from './policy-rows.ts';
import { reviewedAlreadySql } from './quarantine.ts';
import { views } from '../../domain/access/view.ts';
import { stillInViewSql } from '../access/view-sql.ts';
import { overSql, readRules, ruleSql } from './rules-in-force.ts';
import type { RuleSql } from './rules-in-force.ts';
import { writeRetention } from './write-policy.ts';
import type { OpenRetention, PolicyWriter, RetentionWorld } from './write-policy.ts';

const partSeqs = 50_000;
const samplesShown = 20;

export async function makePlan(world: RetentionWorld, writer: PolicyWriter, policyId: string): Promise<Plan | Refusal> {
  const looked = await lookForPlan(world, { tenantId: writer.principal.tenantId, policyId });
  if (isRefusal(looked)) return looked;
  return writeRetention(world, writer, async (open) => {
    const told = await writePlan(open, looked);
    return isRefusal(told) ? told : { result: looked.plan, entries: [told] };
  });
}

/** A plan that is not written yet. */
export interface LookedPlan {
  readonly plan: Plan;
  readonly policy: StoredPolicy;
  readonly parts: readonly PlanPart[];
}

/** `onPart` hears of each part of the log that was looked through. */
export async function lookForPlan(
  { pool, clock }: Pick<RetentionWorld, 'pool' | 'clock'>,
  { tenantId, policyId, onPart }: { tenantId: string; policyId: string; onPart?: () => void },
): Promise<LookedPlan | Refusal> {
  const asOf = formatInstant(clock.nowMs() * 1000);
  const policy = await inTenant(pool, tenantId, (client) => findPolicy(asking(client), { tenantId, policyId }));
  if (policy === null) return refuse('NOT_FOUND');
  const asOfSeq = await headSeq(pool, tenantId);
  const { parts, summary } = await lookThrough(pool, { tenantId, policy, asOf, asOfSeq, onPart });
  const { version, action } = policy.shown;
  const hash = createHash('sha256').update(planText({ tenantId, policyId, policyVersion: version, asOfSeq, parts, views: policy.shown.views === null ? null : { asOf, leaves: summary.leaves_view } })).digest('hex');
  return { plan: { ...summary, hash, policy_id: policyId, policy_version: version, action, as_of_seq: asOfSeq, as_of: asOf }, policy, parts };
}

/** Answers the entry that tells of it. */
export async function writePlan({ ask, tenantId, now, by, entry }: OpenRetention, { plan, policy: { shown }, parts }: LookedPlan): Promise<EntryFacts | Refusal> {
  const { hash, policy_id: policyId, policy_version: version, action: _, as_of_seq: asOfSeq, as_of: asOf, ...summary } = plan;
  const policy = await lockPolicy(ask, { tenantId, policyId });
  if (policy?.shown.version !== version) return refuse('CONFLICT', { message: 'The policy was changed while the plan was made: plan again.' });
  await ask({
    name: 'write-plan',
    text: `INSERT INTO retention_plan (tenant_id, hash, policy_id, policy_version, as_of_seq, as_of, summary, made_by, made_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9) ON CONFLICT DO NOTHING`,
    values: [tenantId, hash, policyId, version, asOfSeq, asOf, JSON.stringify(summary), by ?? policy.changedBy, now],
  });
  for (const [index, part] of parts.entries()) await writePart(ask, { tenantId, hash, number: index + 1, part });
  const { count, held_count, floor_count, bytes, leaves_view } = summary;
  const left = shown.views === null ? {} : { leaves_view };
  const details = { policy_name: shown.name, policy_version: version, hash, as_of_seq: asOfSeq, count, held_count, floor_count, bytes, ...left };
  return entry({ ownAction: 'plan_retention', resourceType: 'retention_policy', resourceId: policyId, resourceName: shown.name, details });
}

interface Looked {
  readonly parts: readonly PlanPart[];
  readonly summary: PlanSummary;
}

interface LookRow {
  readonly seqs: string | null;
  readonly count: string;
  readonly held: string;
  readonly floored: string;
  readonly bytes: string;
  readonly months: Readonly<Record<string, number>> | null;
  readonly categories: Readonly<Record<string, number>> | null;
  readonly samples: PlanSummary['samples'] | null;
}

/** Each part by a short transaction that reads the rules anew; what changes meanwhile the run itself will see. */
async function lookThrough(
  pool: Pool,
  { tenantId, policy, asOf, asOfSeq, onPart }: { tenantId: string; policy: StoredPolicy; asOf: string; asOfSeq: number; onPart: (() => void) | undefined },
): Promise<Looked> {
  const parts: PlanPart[] = [];
  const months = new Map<string, number>();
  const categories = new Map<string, number>();
  const samples: PlanSummary['samples'] = [];
  const sums = { count: 0, held: 0, floored: 0, bytes: 0, audit: 0, changes: 0 };
  for (let after = 0; after < asOfSeq; after += partSeqs) {
    const last = Math.min(after + partSeqs, asOfSeq);
    const row = await inTenant(pool, tenantId, async (client) => {
      const ask = asking(client);
      const rules = await readRules(ask, tenantId);
      const parameters = sqlParameters([tenantId, after, last, samplesShown - samples.length]);
      const rule = ruleSql(policy, rules, { tenantId, asOf, parameters });
      const [answer] = await ask<LookRow>({ name: '', text: lookSql({ due: dueOf(policy, rule, parameters), held: rule.held(), floored: rule.floored() }), values: parameters.values });
      return answer;
    });
    if (row === undefined) throw new Error('a part of the log answered nothing');
    if (row.seqs !== null) parts.push({ firstSeq: after + 1, lastSeq: last, seqs: row.seqs });
    sums.count += Number(row.count);
    sums.held += Number(row.held);
    sums.floored += Number(row.floored);
    sums.bytes += Number(row.bytes);
    addUp(months, row.months);
    addUp(categories, row.categories);
    samples.push(...(row.samples ?? []));
    if (policy.shown.views !== null) {
      const leaving = await countLeaving(pool, { tenantId, policy, asOf, after, last });
      sums.audit += leaving.audit;
      sums.changes += leaving.changes;
    }
    onPart?.();
  }
  const summary = { count: sums.count, held_count: sums.held, floor_count: sums.floored, per_month: sorted(months), per_category: sorted(categories), bytes: sums.bytes, leaves_view: { audit: sums.audit, changes: sums.changes }, samples };
  return { parts, summary };
}

/** What is hidden already is not hidden twice, and what somebody restored is not asked of them again. */
function dueOf({ shown: { id, action } }: StoredPolicy, rule: RuleSql, parameters: SqlParameters): string {
  return action === 'quarantine' ? `${rule.due()} AND NOT ${reviewedAlreadySql(`${parameters.add(id)}::text`)}` : rule.due();
}

/** $1 tenant, $2 after which seq, $3 through which, $4 how many samples. */
function lookSql({ due, held, floored }: { due: string; held: string; floored: string }): string {
  return `
  WITH due AS MATERIALIZED (
    SELECT e.seq, e.id, e.event_type, e.event_time, e.category, e.resource_name, pg_column_size(e.*) AS bytes, ${held} AS held, ${floored} AS floored
    FROM entry e WHERE e.tenant_id = $1 AND e.seq > $2 AND e.seq <= $3 AND ${due}
  ), going AS (SELECT * FROM due WHERE NOT held AND NOT floored)
  SELECT (SELECT range_agg(int8range(seq, seq, '[]'))::text FROM going) AS seqs, (SELECT count(*) FROM going) AS count,
    (SELECT count(*) FROM due WHERE held) AS held, (SELECT count(*) FROM due WHERE floored AND NOT held) AS floored, (SELECT coalesce(sum(bytes), 0) FROM going) AS bytes,
    (SELECT jsonb_object_agg(m.month, m.entries) FROM (SELECT to_char(event_time AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS entries FROM going GROUP BY 1) AS m) AS months,
    (SELECT jsonb_object_agg(c.category, c.entries) FROM (SELECT category, count(*) AS entries FROM going GROUP BY 1) AS c) AS categories,
    (SELECT jsonb_agg(jsonb_build_object('id', 'aud_' || s.id, 'seq', s.seq, 'event_type', s.event_type, 'event_time', iso_utc(s.event_time), 'resource_name', s.resource_name) ORDER BY s.seq)
      FROM (SELECT * FROM going ORDER BY seq LIMIT $4) AS s) AS samples`;
}

interface LeavingAsked {
  readonly tenantId: string;
  readonly policy: StoredPolicy;
  readonly asOf: string;
  readonly after: number;
  readonly last: number;
}

/** What is in a view and would leave it, without being removed. */
function countLeaving(pool: Pool, { tenantId, policy, asOf, after, last }: LeavingAsked): Promise<{ audit: number; changes: number }> {
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    const rules = await readRules(ask, tenantId);
    const counts = { audit: 0, changes: 0 };
    for (const view of views) {
      const parameters = sqlParameters([tenantId, after, last]);
      const rule = ruleSql(policy, rules, { tenantId, asOf, parameters });
      const over = overSql({ days: policy.shown.views?.[view] ?? null, view, asOf, parameters });
      if (over === null) continue;
      const [row] = await ask<{ leaving: string }>({
        name: '',
        text: `SELECT count(*) AS leaving FROM entry e WHERE e.tenant_id = $1 AND e.seq > $2 AND e.seq <= $3 AND ${over} AND ${stillInViewSql(view)}
          AND NOT ${rule.due()} AND NOT ${rule.held()} AND NOT ${rule.floored()}`,
        values: parameters.values,
      });
      counts[view] = Number(row?.leaving ?? 0);
    }
    return counts;
  });
}

async function writePart(ask: Ask, { tenantId, hash, number, part }: { tenantId: string; hash: string; number: number; part: PlanPart }): Promise<void> {
  await ask({
    name: 'write-plan-part',
    text: `INSERT INTO retention_plan_part (tenant_id, plan_hash, number, first_seq, last_seq, seqs) VALUES ($1, $2, $3, $4, $5, $6::int8multirange) ON CONFLICT DO NOTHING`,
    values: [tenantId, hash, number, part.firstSeq, part.lastSeq, part.seqs],
  });
}

async function headSeq(pool: Pool, tenantId: string): Promise<number> {
  const [row] = await queryAs<{ last_seq: string }>(pool, tenantId, { name: 'head-to-plan', text: 'SELECT last_seq FROM tenant_log WHERE tenant_id = $1', values: [tenantId] });
  return Number(row?.last_seq ?? 0);
}

function addUp(sums: Map<string, number>, more: Readonly<Record<string, number>> | null): void {
  for (const [key, count] of Object.entries(more ?? {})) sums.set(key, (sums.get(key) ?? 0) + count);
}

function sorted(sums: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
