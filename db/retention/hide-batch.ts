// One batch of a quarantine: gate, run, holds, hiding, floors and progress in one transaction, by the pruner's role.
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { asking } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import { findStretch, plannedSql } from './batch-stretch.ts';
import { defaultBatchEntries, moveFloor, openBatch } from './open-batch.ts';
import type { BatchStep, NoBatch } from './open-batch.ts';
import { ruleSql } from './rules-in-force.ts';

export type HideOutcome = { readonly kind: 'hidden'; readonly hidden: number; readonly kept: number } | NoBatch;

export function hideBatch(pool: Pool, step: BatchStep): Promise<HideOutcome> {
  const { tenantId, runId, now, batchEntries = defaultBatchEntries } = step;
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    const batch = await openBatch(ask, step);
    if (batch.kind !== 'open') return batch;
    const { policy, rules } = batch;
    const { values, next } = await findStretch(ask, { tenantId, runId, batch, batchEntries });
    const parameters = sqlParameters(values);
    const rule = ruleSql(policy, rules, { tenantId, asOf: now, parameters });
    const [done] = await ask<BatchRow>({ name: '', text: batchSql({ held: rule.held(), floored: rule.floored(), old: rule.old() }), values: parameters.values });
    if (done === undefined) throw new Error('a batch answered nothing');
    await ask({
      name: 'hiding-goes-on',
      text: 'UPDATE retention_run SET hidden = hidden + $3, next_part = $4, after_seq = $5 WHERE tenant_id = $1 AND id = $2',
      values: [tenantId, runId, done.hidden, next.part, next.afterSeq],
    });
    // Readers that had not come so far are told as they are of a removal: what they would have been given is not there.
    if (done.last_hidden !== null) await moveFloor(ask, { tenantId, seq: done.last_hidden });
    return { kind: 'hidden', hidden: Number(done.hidden), kept: Number(done.looked) - Number(done.hidden) };
  });
}

interface BatchRow {
  readonly looked: string;
  readonly hidden: string;
  readonly last_hidden: string | null;
}

function batchSql({ held, floored, old }: { held: string; floored: string; old: string }): string {
  return `
  WITH looked AS MATERIALIZED (
    SELECT e.seq, e.share_id, e.workspace_id, e.org_id, e.category,
      CASE WHEN ${held} THEN 'hold' WHEN ${floored} THEN 'floor' WHEN NOT ${old} THEN 'not_old_enough' END AS reason
    FROM entry e WHERE ${plannedSql}
  ), going AS (SELECT * FROM looked WHERE reason IS NULL), kept AS (
    INSERT INTO retention_kept (tenant_id, run_id, seq, reason) SELECT $1, $2, l.seq, l.reason FROM looked l WHERE l.reason IS NOT NULL ON CONFLICT DO NOTHING
  ), hidden AS (
    INSERT INTO quarantine_part (tenant_id, run_id, number, seqs)
    SELECT $1, $2, (SELECT count(*) + 1 FROM quarantine_part q WHERE q.tenant_id = $1 AND q.run_id = $2), range_agg(int8range(g.seq, g.seq + 1)) FROM going g HAVING count(*) > 0
  ), floors AS (
    INSERT INTO log_floor (tenant_id, kind, ref, floor_seq)
    SELECT $1, f.kind, f.ref, max(g.seq) FROM going g, LATERAL (VALUES ('share', g.share_id), ('workspace', g.workspace_id), ('org', g.org_id), ('category', g.category)) AS f (kind, ref)
    WHERE f.ref IS NOT NULL GROUP BY f.kind, f.ref
    ON CONFLICT (tenant_id, kind, ref) DO UPDATE SET floor_seq = greatest(log_floor.floor_seq, excluded.floor_seq)
  )
  SELECT (SELECT count(*) FROM looked) AS looked, (SELECT count(*) FROM going) AS hidden, (SELECT max(seq) FROM going) AS last_hidden`;
}
