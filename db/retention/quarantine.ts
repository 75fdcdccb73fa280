// A quarantine comes into force when everything is hidden, and ends by being shown again: what a second person restored, and what was kept or left over at the end of its run.
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Ask } from '../access/ask.ts';
import { createPlainEffects } from '../plain-effect.ts';
import type { Pool } from '../pool.ts';
import type { RunRef } from './run-rows.ts';

/** Of all that is hidden in a tenant: every statement of an ordinary read puts the set together once, so it stays small. */
export const mostHiddenRanges = 20_000;

/** From here on the run waits for a second person. Run again, it changes nothing. */
export async function bringQuarantineIntoForce({ pool, clock, ids }: { readonly pool: Pool; readonly clock: Clock; readonly ids: Ids }, { tenantId, runId }: RunRef): Promise<void> {
  const nowMs = clock.nowMs();
  const done = await createPlainEffects({ pool }).run(tenantId, async (ask) => {
    const [run] = await ask<{ policy_id: string; policy_name: string; plan_hash: string; hidden: string }>({
      name: 'quarantine-in-force',
      text: `UPDATE retention_run r SET state = 'awaiting_approval', quarantined_at = $3, next_part = 1, after_seq = 0 FROM retention_policy p
        WHERE r.tenant_id = $1 AND r.id = $2 AND r.action = 'quarantine' AND r.state = 'running' AND r.quarantined_at IS NULL AND p.tenant_id = $1 AND p.id = r.policy_id
        RETURNING r.policy_id, p.name AS policy_name, r.plan_hash, r.hidden`,
      values: [tenantId, runId, formatInstant(nowMs * 1000)],
    });
    const entries: EntryFacts[] = [];
    if (run !== undefined) {
      const details = { policy_name: run.policy_name, policy_id: run.policy_id, plan_hash: run.plan_hash, hidden: Number(run.hidden) };
      entries.push(ownEntry({ id: ids.next(), nowMs, ownAction: 'quarantine_retention_run', actor: null, requestId: null, resourceType: 'retention_run', resourceId: runId, details }));
    }
    return { result: null, entries };
  });
  if (isRefusal(done)) throw new Error(`a quarantine was refused: ${done.code}`);
}

/** After the row of the run says that it is restored or over. What somebody had read up to is judged anew: below it may lie what they were not shown. */
export async function showAgain(ask: Ask, { tenantId, runId }: RunRef, now: string): Promise<void> {
  await ask({
    name: 'show-again',
    text: `WITH shown AS (UPDATE quarantine_part SET shown_at = $3 WHERE tenant_id = $1 AND run_id = $2 AND shown_at IS NULL RETURNING 1)
      INSERT INTO quarantine_end (tenant_id, ends) SELECT $1, 1 WHERE EXISTS (SELECT FROM shown)
      ON CONFLICT (tenant_id) DO UPDATE SET ends = quarantine_end.ends + 1`,
    values: [tenantId, runId, now],
  });
}

/** How many ranges would be hidden with those of a plan. */
export async function countHiddenRanges(ask: Ask, { tenantId, planHash }: { tenantId: string; planHash: string }): Promise<number> {
  const [row] = await ask<{ ranges: string }>({
    name: 'count-hidden-ranges',
    text: `SELECT count(*) AS ranges FROM (
        SELECT p.seqs FROM retention_plan_part p WHERE p.tenant_id = $1 AND p.plan_hash = $2
        UNION ALL SELECT q.seqs FROM quarantine_part q WHERE q.tenant_id = $1 AND q.shown_at IS NULL) AS s, unnest(s.seqs)`,
    values: [tenantId, planHash],
  });
  return Number(row?.ranges ?? 0);
}

/** Over `entry` under the alias e: hidden already, or restored under the policy before, so that no nightly run hides it again. $1 is the tenant. */
export function reviewedAlreadySql(policy: string): string {
  return `(e.seq <@ (SELECT range_agg(q.seqs) FROM quarantine_part q JOIN retention_run r ON r.tenant_id = q.tenant_id AND r.id = q.run_id
    WHERE q.tenant_id = $1 AND (q.shown_at IS NULL OR (r.policy_id = ${policy} AND r.decision = 'restored')))) IS TRUE`;
}
