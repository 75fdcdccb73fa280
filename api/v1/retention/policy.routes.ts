// /api/v1/enterprise/retention-policies: policies made, listed, read, changed, ended, and what a run of one would remove.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { makePlan } from '../../../db/retention/make-plan.ts';
import { findPolicy, listPolicies } from '../../../db/retention/policy-rows.ts';
import { changePolicy, createPolicy, deletePolicy } from '../../../db/retention/write-policy.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { plan } from '../../../domain/retention/plan.schema.ts';
import { policy, policyChange, policyWish } from '../../../domain/retention/policy.schema.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';
import { noContent } from '../../route/reply.ts';

const collection = '/api/v1/enterprise/retention-policies';
const tag = 'retention';
const access = { anyScope: ['compliance:manage'] } as const;
const params = z.strictObject({ policy_id: z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'expected the id of a policy') });

export const createPolicyRoute = defineRoute({
  method: 'POST',
  path: collection,
  summary: 'Make a retention policy',
  description: 'Without any, everything is kept for ever. A hold beats every policy, the longest minimum beats any deletion, and of deletions the shortest wins.',
  tag,
  access,
  ownAction: { action: 'create_retention_policy' },
  body: policyWish,
  reply: policy,
  status: 201,
  refusals: ['CONFLICT', 'FORBIDDEN'],
  handle: ({ body, principal, requestId }, world) => createPolicy(world, { principal, requestId }, body),
});

export const listPoliciesRoute = defineRoute({
  method: 'GET',
  path: collection,
  summary: 'List retention policies',
  tag,
  access,
  cost: costs.list,
  query: listQuery,
  reply: z.strictObject({ policies: z.array(policy), ...pageFields }),
  refusals: ['CURSOR_INVALID'],
  async handle({ query, principal: { tenantId } }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await inTenant(world.pool, tenantId, (client) => listPolicies(asking(client), { tenantId, ...asked }));
    return { policies: [...page.rows], ...pageShown(page, query) };
  },
});

export const readPolicyRoute = defineRoute({
  method: 'GET',
  path: `${collection}/{policy_id}`,
  summary: 'Read a retention policy',
  tag,
  access,
  params,
  reply: policy,
  refusals: ['NOT_FOUND'],
  async handle({ params: { policy_id: policyId }, principal: { tenantId } }, world) {
    const found = await inTenant(world.pool, tenantId, (client) => findPolicy(asking(client), { tenantId, policyId }));
    return found?.shown ?? refuse('NOT_FOUND');
  },
});

export const changePolicyRoute = defineRoute({
  method: 'PATCH',
  path: `${collection}/{policy_id}`,
  summary: 'Change a retention policy',
  description: 'A policy of the mode `compliance` can only be lengthened: the database itself refuses anything else.',
  tag,
  access,
  ownAction: { action: 'update_retention_policy' },
  params,
  body: policyChange,
  reply: policy,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND'],
  handle: ({ params: { policy_id: policyId }, body, principal, requestId }, world) => changePolicy(world, { principal, requestId }, { policyId, change: body }),
});

export const deletePolicyRoute = defineRoute({
  method: 'DELETE',
  path: `${collection}/{policy_id}`,
  summary: 'End a retention policy',
  tag,
  access,
  ownAction: { action: 'delete_retention_policy' },
  params,
  reply: noContent,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND'],
  async handle({ params: { policy_id: policyId }, principal, requestId }, world) {
    const ended = await deletePolicy(world, { principal, requestId }, policyId);
    return isRefusal(ended) ? ended : undefined;
  },
});

export const planPolicyRoute = defineRoute({
  method: 'POST',
  path: `${collection}/{policy_id}/plan`,
  summary: 'Plan what a run of a policy would remove',
  description: 'The hash names exactly this set, under this version of the policy, as of this seq.',
  tag,
  access,
  ownAction: { action: 'plan_retention' },
  cost: 10,
  params,
  reply: plan,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND'],
  handle: ({ params: { policy_id: policyId }, principal, requestId }, world) => makePlan(world, { principal, requestId }, policyId),
});

export const policyRoutes = [createPolicyRoute, listPoliciesRoute, readPolicyRoute, changePolicyRoute, deletePolicyRoute, planPolicyRoute];
