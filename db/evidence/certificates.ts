// What vouches for the removals of a tenant's log: the certificates of its runs, and the plans of those that have none yet.
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';
import type { RunEvidence, RunPlan } from '../../domain/evidence/judge-removals.ts';
import { asking } from '../access/ask.ts';
import type { Pool } from '../pool.ts';
import { inTenant, queryAs } from '../tenant-transaction.ts';

export function readRunEvidence(pool: Pool, tenantId: string): Promise<RunEvidence> {
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    // Plans first: a run that ends in between has both.
    const plans = await ask<PlanRow>({
      name: 'plans-under-way',
      text: `SELECT r.id, p.policy_id, p.policy_version, p.as_of_seq, iso_utc(p.as_of) AS as_of,
          coalesce(p.summary -> 'leaves_view', '{"audit": 0, "changes": 0}') AS leaves_view,
          ARRAY(SELECT x.seqs::text FROM retention_plan_part x WHERE x.tenant_id = $1 AND x.plan_hash = p.hash ORDER BY x.number) AS parts
        FROM retention_run r JOIN retention_plan p ON p.tenant_id = r.tenant_id AND p.hash = r.plan_hash
        WHERE r.tenant_id = $1 AND EXISTS (SELECT FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = r.id)
          AND NOT EXISTS (SELECT FROM retention_certificate c WHERE c.tenant_id = $1 AND c.run_id = r.id)`,
      values: [tenantId],
    });
    const certificates = await ask<{ run_id: string; body: string; key_id: string; signature: Buffer }>({
      name: 'certificates-of-runs',
      text: 'SELECT run_id, body, key_id, signature FROM retention_certificate WHERE tenant_id = $1',
      values: [tenantId],
    });
    return {
      certificates: new Map(certificates.map(({ run_id: runId, body, key_id: keyId, signature }): [string, SignedCheckpoint] => [runId, { body, keyId, signature }])),
      plans: new Map(plans.map((row) => [row.id, planOf(row)])),
    };
  });
}

/** Of the runs that have removed something. */
export async function readRemoverIds(pool: Pool, tenantId: string): Promise<ReadonlySet<string>> {
  const rows = await queryAs<{ id: string }>(pool, tenantId, {
    name: 'remover-ids',
    text: 'SELECT r.id FROM retention_run r WHERE r.tenant_id = $1 AND EXISTS (SELECT FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = r.id)',
    values: [tenantId],
  });
  return new Set(rows.map(({ id }) => id));
}

interface PlanRow {
  readonly id: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly as_of_seq: string;
  readonly as_of: string;
  readonly leaves_view: RunPlan['leavesView'];
  readonly parts: readonly string[];
}

function planOf({ policy_id: policyId, policy_version: policyVersion, as_of_seq: asOfSeq, as_of: asOf, leaves_view: leavesView, parts }: PlanRow): RunPlan {
  return { policyId, policyVersion, asOfSeq: Number(asOfSeq), asOf, leavesView, parts };
}
