// Makes, changes and ends policies, each with its entry and its schedule.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { OwnAction } from '../../domain/journal/own-entry.ts';
import { changedPolicy, newPolicy, refuseEnding, refuseSettings } from '../../domain/retention/decide-policy.ts';
import type { PolicyState } from '../../domain/retention/decide-policy.ts';
import type { Policy, PolicyChange, PolicyWish } from '../../domain/retention/policy.schema.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { JsonObject, JsonValue } from '../../domain/shared/json.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Effects } from '../effect.ts';
import { closeGate } from '../held/gate.ts';
import { putSchedule, removeSchedule } from '../job/schedules.ts';
import { createPlainEffects } from '../plain-effect.ts';
import type { Pool } from '../pool.ts';
import { countPolicies, endPolicy, findPolicy, lockPolicy, writePolicy } from './policy-rows.ts';

export interface RetentionWorld {
  readonly effects: Effects;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface PolicyWriter {
  readonly principal: Principal;
  readonly requestId: string;
}

/** Every batch of a removal looks at the floors of all of them. */
const mostPolicies = 200;

export function createPolicy(world: RetentionWorld, writer: PolicyWriter, wish: PolicyWish): Promise<Policy | Refusal> {
  const state = newPolicy(wish);
  if (isRefusal(state)) return Promise.resolve(state);
  return writeRetention(world, writer, async ({ ask, tenantId, now, entry }) => {
    if ((await countPolicies(ask, tenantId)) >= mostPolicies) return refuse('CONFLICT', { message: `At most ${String(mostPolicies)} policies stand side by side.` });
    const policyId = world.ids.next();
    await writePolicy(ask, { tenantId, policyId, state, version: 1, createdBy: writer.principal.userId, changedBy: writer.principal.userId, now });
    await putSchedule(ask, scheduleOf({ tenantId, policyId, state, now }));
    return { result: await shown(ask, tenantId, policyId), entries: [entry({ ownAction: 'create_retention_policy', ...about(policyId, state), details: { policy_name: state.name, policy: inEntry(state) } })] };
  });
}

export function changePolicy(world: RetentionWorld, writer: PolicyWriter, { policyId, change }: { policyId: string; change: PolicyChange }): Promise<Policy | Refusal> {
  return writeRetention(world, writer, async ({ ask, tenantId, now, entry }) => {
    const stored = await lockPolicy(ask, { tenantId, policyId });
    if (stored === null) return refuse('NOT_FOUND');
    const state = refuseSettings(stored.shown) ?? changedPolicy(stored.shown, change);
    if (state === null) return { result: stored.shown, entries: [] };
    if (isRefusal(state)) return state;
    await writePolicy(ask, { tenantId, policyId, state, version: stored.shown.version + 1, createdBy: stored.shown.created_by, changedBy: writer.principal.userId, now });
    await putSchedule(ask, scheduleOf({ tenantId, policyId, state, now }));
    const after = await shown(ask, tenantId, policyId);
    const fields = (Object.keys(change) as (keyof Policy)[]).filter((field) => JSON.stringify(stored.shown[field]) !== JSON.stringify(after[field]));
    const details: JsonObject = { policy_name: state.name, version: after.version, changed: fields, before: pick(stored.shown, fields), after: pick(after, fields) };
    const ownAction = stored.shown.enabled && !after.enabled ? 'disable_retention_policy' : 'update_retention_policy';
    return { result: after, entries: [entry({ ownAction, ...about(policyId, state), details })] };
  });
}

export function deletePolicy(world: RetentionWorld, writer: PolicyWriter, policyId: string): Promise<null | Refusal> {
  return writeRetention(world, writer, async ({ ask, tenantId, now, entry }) => {
    const stored = await lockPolicy(ask, { tenantId, policyId });
    if (stored === null) return refuse('NOT_FOUND');
    const refusal = refuseSettings(stored.shown) ?? refuseEnding(stored.shown);
    if (refusal !== null) return refusal;
    await endPolicy(ask, { tenantId, policyId, now });
    await removeSchedule(ask, { tenantId, kind: 'retention_due', subject: policyId });
    return { result: null, entries: [entry({ ownAction: 'delete_retention_policy', ...about(policyId, stored.shown), details: { policy_name: stored.shown.name } })] };
  });
}

export interface OpenRetention {
  readonly ask: Ask;
  readonly tenantId: string;
  readonly now: string;
  /** Null for a schedule. */
  readonly by: string | null;
  entry(own: Omit<OwnAction, 'id' | 'nowMs' | 'actor' | 'requestId'>): ReturnType<typeof ownEntry>;
}

export interface Written<T> {
  readonly result: T;
  readonly entries: readonly ReturnType<typeof ownEntry>[];
}

/** A floor keeps as a hold does: with the gate closed no batch that read the rules before goes on after the answer. */
export function writeRetention<T>(
  { effects, clock, ids }: Pick<RetentionWorld, 'effects' | 'clock' | 'ids'>,
  { principal, requestId }: PolicyWriter,
  work: (open: OpenRetention) => Promise<Written<T> | Refusal>,
): Promise<T | Refusal> {
  const { tenantId } = principal;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    await closeGate(ask, tenantId);
    const asker = await readAsker(ask, principal);
    if (!may({ asker, deed: 'manage-compliance', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    const nowMs = clock.nowMs();
    return work({ ask, tenantId, now: formatInstant(nowMs * 1000), by: principal.userId, entry: (own) => ownEntry({ ...own, id: ids.next(), nowMs, actor: principal, requestId }) });
  });
}

/** As the schedule of a policy writes: behind the closed gate as well, and nobody's rights are asked for. */
export function writeAsSchedule<T>(
  { pool, clock, ids }: Pick<RetentionWorld, 'pool' | 'clock' | 'ids'>,
  tenantId: string,
  work: (open: OpenRetention) => Promise<Written<T> | Refusal>,
): Promise<T | Refusal> {
  return createPlainEffects({ pool }).run(tenantId, async (ask) => {
    await closeGate(ask, tenantId);
    const nowMs = clock.nowMs();
    return work({ ask, tenantId, now: formatInstant(nowMs * 1000), by: null, entry: (own) => ownEntry({ ...own, id: ids.next(), nowMs, actor: null, requestId: null }) });
  });
}

/** Of a policy that is disabled it stays, and rests. */
export function scheduleOf({ tenantId, policyId, state, now }: { tenantId: string; policyId: string; state: PolicyState; now: string }): Parameters<typeof putSchedule>[1] {
  return { tenantId, kind: 'retention_due', subject: policyId, cron: state.schedule, paused: !state.enabled, now };
}

async function shown(ask: Ask, tenantId: string, policyId: string): Promise<Policy> {
  const stored = await findPolicy(ask, { tenantId, policyId });
  if (stored === null) throw new Error('what was written is not there');
  return stored.shown;
}

function about(policyId: string, { name }: Pick<Policy, 'name'>): { resourceType: string; resourceId: string; resourceName: string } {
  return { resourceType: 'retention_policy', resourceId: policyId, resourceName: name };
}

function inEntry({ selection: _, description: __, ...state }: PolicyState): JsonObject {
  return { ...state, scope_ids: state.scope_ids.slice(0, 50), scope_ids_count: state.scope_ids.length };
}

function pick(policy: Policy, fields: readonly (keyof Policy)[]): JsonObject {
  return Object.fromEntries(fields.map((field): [string, JsonValue] => [field, policy[field] as JsonValue]));
}
