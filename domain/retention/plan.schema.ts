// A plan: what a run of a policy would remove, as it is shown and as its hash is made.
import { z } from 'zod';
import { canonicalJson } from '../shared/json.ts';

export const planSummary = z.strictObject({
  count: z.int().describe('Without what is held or kept by a floor.'),
  held_count: z.int(),
  floor_count: z.int().describe('Due, not held, and kept by a minimum of this or another policy.'),
  per_month: z.record(z.string(), z.int()),
  per_category: z.record(z.string(), z.int()),
  bytes: z.int(),
  leaves_view: z.strictObject({ audit: z.int(), changes: z.int() }).describe('What only leaves a view by the settings, and is not removed.'),
  samples: z.array(z.strictObject({ id: z.string(), seq: z.int(), event_type: z.string(), event_time: z.string(), resource_name: z.string().nullable() })),
});
export type PlanSummary = z.output<typeof planSummary>;

export const plan = planSummary.extend({
  hash: z.string(),
  policy_id: z.string(),
  policy_version: z.int(),
  action: z.string(),
  as_of_seq: z.int(),
  as_of: z.string(),
});
export type Plan = z.output<typeof plan>;

export interface PlanPart {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** As the database writes a multirange: the same set always gives the same text. */
  readonly seqs: string;
}

export interface HashedPlan {
  readonly tenantId: string;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly asOfSeq: number;
  readonly parts: readonly Pick<PlanPart, 'seqs'>[];
  /** Null where the policy bounds no view: then the set is all there is to it. */
  readonly views: { readonly asOf: string; readonly leaves: { readonly audit: number; readonly changes: number } } | null;
}

/** What the hash is made of: the set, the policy's version, and through which seq was looked. */
export function planText({ tenantId, policyId, policyVersion, asOfSeq, parts, views }: HashedPlan): string {
  return canonicalJson({
    type: 'holdfast.retention-plan',
    version: 1,
    tenant: tenantId,
    policy: policyId,
    policy_version: policyVersion,
    as_of_seq: asOfSeq,
    seqs: parts.map(({ seqs }) => seqs),
    ...(views === null ? {} : { views: { as_of: views.asOf, leaves: { ...views.leaves } } }),
  });
}
