// The stretch of a log that the next batch of a run looks at: from where to where so many planned entries lie, and where the batch after it begins.
import type { Ask } from '../access/ask.ts';
import type { OpenBatch } from './open-batch.ts';

export interface BatchStretch {
  /** How many of it the plan names. What an earlier run has removed counts as well. */
  readonly planned: number;
  /** What `plannedSql` is asked with: $1 tenant, $2 run, $3 plan, $4 part, $5 after which seq, $6 through which, $7 and $8 between which instants they were recorded. */
  readonly values: readonly unknown[];
  /** The plan names every seq between these two: to be within is to be planned. */
  readonly isWhole: boolean;
  readonly next: { readonly part: number; readonly afterSeq: string };
}

/**
 * Asked beforehand: what is known when a statement is planned keeps the other months and the rest of the part out of its plan,
 * and looking at those costs more than the batch.
 */
export async function findStretch(ask: Ask, { tenantId, runId, batch: { run, part }, batchEntries }: { tenantId: string; runId: string; batch: OpenBatch; batchEntries: number }): Promise<BatchStretch> {
  const [span] = await ask<SpanRow>({
    name: 'span-of-batch',
    text: `WITH part AS (
        SELECT p.last_seq, p.seqs * int8multirange(int8range($4::bigint, NULL, '()')) AS seqs FROM retention_plan_part p WHERE p.tenant_id = $1 AND p.plan_hash = $2 AND p.number = $3
      ), ranges AS (
        SELECT lower(r) AS first, upper(r) AS above, sum(upper(r) - lower(r)) OVER (ORDER BY lower(r)) AS planned FROM part, unnest(part.seqs) AS r
      ), span AS (
        SELECT coalesce((SELECT r.above - 1 - (r.planned - $5) FROM ranges r WHERE r.planned >= $5 ORDER BY r.planned LIMIT 1), part.last_seq)::bigint AS last_seq,
          coalesce((SELECT min(r.first) FROM ranges r), $4::bigint + 1) AS first_seq FROM part
      )
      SELECT s.last_seq, s.first_seq, (SELECT coalesce(sum(least(r.above, s.last_seq + 1) - r.first), 0) FROM ranges r WHERE r.first <= s.last_seq) AS planned,
        (SELECT coalesce(max(m.month), DATE '-infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq <= s.first_seq)::text AS from,
        (SELECT coalesce(min(m.month), DATE 'infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq > s.last_seq)::text AS to
      FROM span s`,
    values: [tenantId, run.plan_hash, part.number, run.after_seq, batchEntries],
  });
  if (span === undefined) throw new Error('a part of a plan is not there');
  const afterSeq = Number(span.first_seq) - 1;
  const isPartOver = Number(span.last_seq) >= Number(part.last_seq);
  return {
    planned: Number(span.planned),
    values: [tenantId, runId, run.plan_hash, part.number, afterSeq, span.last_seq, span.from, span.to],
    isWhole: Number(span.planned) === Number(span.last_seq) - afterSeq,
    next: { part: isPartOver ? part.number + 1 : part.number, afterSeq: span.last_seq },
  };
}

interface SpanRow {
  readonly first_seq: string;
  readonly last_seq: string;
  readonly planned: string;
  readonly from: string;
  readonly to: string;
}

/** Over `entry` under the alias e: between the seqs and the months of a stretch, planned or not. */
export const withinSql = `e.tenant_id = $1 AND e.seq > $5 AND e.seq <= $6 AND e.recorded_at >= $7::timestamptz AND e.recorded_at < $8::timestamptz`;
/** Over `entry` under the alias e. */
export const plannedSql = `${withinSql}
      AND e.seq <@ (SELECT range_agg(p.seqs * int8multirange(int8range($5::bigint, $6::bigint, '(]'))) FROM retention_plan_part p WHERE p.tenant_id = $1 AND p.plan_hash = $3 AND p.number = $4)`;
