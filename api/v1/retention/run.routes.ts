// /api/v1/enterprise/retention-runs, and the start of one: a reviewed plan is carried out, watched, approved, paused, resumed, cancelled, certified.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { findCertificate } from '../../../db/retention/find-certificate.ts';
import { listKept } from '../../../db/retention/kept-rows.ts';
import { makePlan } from '../../../db/retention/make-plan.ts';
import { commandRun, findRun, listRuns, startRun } from '../../../db/retention/run-rows.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import type { RunCommand } from '../../../domain/retention/decide-run.ts';
import { kept, keptReasons, run } from '../../../domain/retention/run.schema.ts';
import type { Run } from '../../../domain/retention/run.schema.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { runChangedSignal } from '../../../workflows/retention/retention-run.messages.ts';
import { defineRoute } from '../../route/define-route.ts';
import type { Route } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';

const collection = '/api/v1/enterprise/retention-runs';
const tag = 'retention';
const access = { anyScope: ['compliance:manage'] } as const;
const id = z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'expected the id of a run');
const params = z.strictObject({ run_id: id });

export const startRunRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/enterprise/retention-policies/{policy_id}/run',
  summary: 'Run a retention policy',
  description: 'Removes exactly the plan with this hash, minus what came under a hold or a longer minimum since. Without a hash it plans first. A plan runs once: asked again, the answer is its run.',
  tag,
  access,
  ownAction: { action: 'run_retention' },
  params: z.strictObject({ policy_id: z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'expected the id of a policy') }),
  body: z.strictObject({ plan_hash: z.string().regex(/^[0-9a-f]{64}$/, 'expected the hash of a plan').optional() }),
  reply: run,
  status: 202,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND'],
  async handle({ params: { policy_id: policyId }, body, principal, requestId }, world) {
    const writer = { principal, requestId };
    const plan = body.plan_hash === undefined ? await makePlan(world, writer, policyId) : { hash: body.plan_hash };
    if (isRefusal(plan)) return plan;
    const started = await startRun(world, writer, { policyId, planHash: plan.hash });
    // Sooner than the reconciler would.
    if (!isRefusal(started)) world.jobStarter.startSoon({ tenantId: principal.tenantId, id: started.id, kind: 'retention_run', scheduledFor: null });
    return started;
  },
});

export const listRunsRoute = defineRoute({
  method: 'GET',
  path: collection,
  summary: 'List retention runs, the newest first',
  tag,
  access,
  cost: costs.list,
  query: z.strictObject({ ...listQuery.shape, policy_id: z.string().min(1).max(64).optional() }),
  reply: z.strictObject({ runs: z.array(run), ...pageFields }),
  refusals: ['CURSOR_INVALID'],
  async handle({ query, principal: { tenantId } }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await inTenant(world.pool, tenantId, (client) => listRuns(asking(client), { tenantId, policyId: query.policy_id ?? null, ...asked }));
    return { runs: [...page.rows], ...pageShown(page, query) };
  },
});

export const readRunRoute = defineRoute({
  method: 'GET',
  path: `${collection}/{run_id}`,
  summary: 'Read a retention run',
  tag,
  access,
  params,
  reply: run,
  refusals: ['NOT_FOUND'],
  async handle({ params: { run_id: runId }, principal: { tenantId } }, world) {
    return (await inTenant(world.pool, tenantId, (client) => findRun(asking(client), { tenantId, runId }))) ?? refuse('NOT_FOUND');
  },
});

export const listKeptRoute = defineRoute({
  method: 'GET',
  path: `${collection}/{run_id}/kept`,
  summary: 'List what a retention run kept of its plan, each with the reason',
  description: 'In the order of the log. While the run is under way, what it has come to so far.',
  tag,
  access,
  cost: costs.list,
  params,
  query: z.strictObject({ ...listQuery.shape, reason: z.enum(keptReasons).optional() }),
  reply: z.strictObject({ kept: z.array(kept), ...pageFields }),
  refusals: ['CURSOR_INVALID', 'NOT_FOUND'],
  async handle({ params: { run_id: runId }, query, principal: { tenantId } }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await inTenant(world.pool, tenantId, (client) => listKept(asking(client), { tenantId, runId, reason: query.reason ?? null, ...asked }));
    return isRefusal(page) ? page : { kept: [...page.rows], ...pageShown(page, query) };
  },
});

export const readCertificateRoute = defineRoute({
  method: 'GET',
  path: `${collection}/{run_id}/certificate`,
  summary: 'Fetch the certificate of a retention run',
  description: 'The body is the text that was signed; its key is published under /evidence/keys.',
  tag,
  access,
  ownAction: { action: 'download_retention_evidence' },
  params,
  reply: z.strictObject({ body: z.string(), key_id: z.string(), signature: z.string() }),
  refusals: ['CONFLICT', 'NOT_FOUND'],
  async handle({ params: { run_id: runId }, principal: { tenantId } }, world) {
    const ref = { tenantId, runId };
    const found = await inTenant(world.pool, tenantId, async (client) => (await findCertificate(asking(client), ref)) ?? notCertified(await findRun(asking(client), ref)));
    return isRefusal(found) ? found : { body: found.body, key_id: found.keyId, signature: Buffer.from(found.signature).toString('base64') };
  },
});

function notCertified(found: Run | null): Refusal {
  return found === null ? refuse('NOT_FOUND') : refuse('CONFLICT', { message: `The run is ${found.state}: its certificate is written when it ends.`, details: { state: found.state } });
}

const summaries: Readonly<Record<RunCommand, string>> = {
  approve: 'Approve a retention run, by somebody who did not ask for it',
  cancel: 'Cancel a retention run: nothing more is removed after the answer',
  pause: 'Pause a retention run: nothing more is removed after the answer',
  resume: 'Let a paused retention run go on',
  confirm: 'Confirm a quarantine, by somebody who did not ask for it: what it hides is removed',
  restore: 'Restore what a quarantine hides, by somebody who did not ask for it: nothing is removed',
};

function commandRoute(command: RunCommand): Route {
  return defineRoute({
    method: 'POST',
    path: `${collection}/{run_id}/${command}`,
    summary: summaries[command],
    tag,
    access,
    ownAction: { action: `${command}_retention_run` },
    params,
    reply: run,
    refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND', 'SECOND_PERSON_REQUIRED'],
    async handle({ params: { run_id: runId }, principal, requestId }, world) {
      const moved = await commandRun(world, { principal, requestId }, { runId, command });
      if (!isRefusal(moved)) world.jobStarter.signalSoon({ tenantId: principal.tenantId, id: runId, kind: 'retention_run', scheduledFor: null }, runChangedSignal);
      return moved;
    },
  });
}

export const runRoutes = [startRunRoute, listRunsRoute, readRunRoute, listKeptRoute, readCertificateRoute, commandRoute('approve'), commandRoute('cancel'), commandRoute('pause'), commandRoute('resume'), commandRoute('confirm'), commandRoute('restore')];
