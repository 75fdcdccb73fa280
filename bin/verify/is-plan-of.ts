// Whether a plan is the one that a hash was made of: the log says with which hash a run began.
import { createHash } from 'node:crypto';
import type { RunPlan } from '../../domain/evidence/judge-removals.ts';
import { planText } from '../../domain/retention/plan.schema.ts';
import type { HashedPlan } from '../../domain/retention/plan.schema.ts';

export function isPlanOf(tenantId: string): (hash: string, plan: RunPlan) => boolean {
  return (hash, { policyId, policyVersion, asOfSeq, asOf, leavesView, parts }) => {
    const hashOf = (views: HashedPlan['views']): string =>
      createHash('sha256').update(planText({ tenantId, policyId, policyVersion, asOfSeq, parts: parts.map((seqs) => ({ seqs })), views })).digest('hex');
    // Whether its policy bounded a view is not kept with the plan.
    return hashOf(null) === hash || hashOf({ asOf, leaves: leavesView }) === hash;
  };
}
