// Decides what a policy becomes: whether its parts fit one another, and whether a change would shorten what may only be lengthened.
import { filterToJson } from '../filter/filter-json.ts';
import { toFilter } from '../filter/filter.schema.ts';
import { producerId } from '../shared/ids.ts';
import { canonicalJson } from '../shared/json.ts';
import type { JsonObject } from '../shared/json.ts';
import { isRefusal, refuse, refuseFields } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { Policy, PolicyChange, PolicyWish } from './policy.schema.ts';

/** What is stored, besides who made it and when. */
export interface PolicyState extends Omit<Policy, 'id' | 'version' | 'created_by' | 'created_at' | 'updated_at' | 'filter'> {
  /** As it was asked for. */
  readonly filter: JsonObject | null;
  /** In the language's own form. */
  readonly selection: JsonObject | null;
}

export function newPolicy(wish: PolicyWish): PolicyState | Refusal {
  const { scope_type: type, scope_ids: ids, filter } = wish;
  if (type === 'tenant' && ids.length > 0) return refuseFields([{ field: 'scope_ids', expected: 'expected none for the whole tenant' }]);
  if (type !== 'tenant' && ids.length === 0) return refuseFields([{ field: 'scope_ids', expected: `expected the ids of each ${type}` }]);
  const wrong = type === 'share' || type === 'user' ? ids.findIndex((id) => !producerId.safeParse(id).success) : -1;
  if (wrong !== -1) return refuseFields([{ field: `scope_ids[${String(wrong)}]`, expected: 'expected 1 to 64 characters of A-Z a-z 0-9 _ -' }]);
  const selection = filter == null ? null : toFilter(filter);
  if (isRefusal(selection)) return selection;
  return {
    ...wish,
    views: null,
    description: wish.description ?? null,
    scope_ids: [...new Set(ids)].sort(),
    filter: filter == null ? null : (JSON.parse(JSON.stringify(filter)) as JsonObject),
    selection: selection === null ? null : filterToJson(selection),
  };
}

/** Null when nothing would change. */
export function changedPolicy(stored: Policy, change: PolicyChange): PolicyState | Refusal | null {
  const { id: _, version: __, created_by: ___, created_at: ____, updated_at: _____, ...before } = stored;
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const next = newPolicy({ ...before, ...given });
  if (isRefusal(next)) return next;
  const had = newPolicy(before);
  if (isRefusal(had)) throw new Error(`the policy ${stored.id} as it is stored would be refused: ${had.message}`);
  if (canonicalJson(had as unknown as JsonObject) === canonicalJson(next as unknown as JsonObject)) return null; // a state is JSON through and through, which its interface cannot say
  return stored.mode === 'compliance' ? (refuseShortening(had, next) ?? next) : next;
}

/** What the settings are is changed there. */
export function refuseSettings({ views }: Pick<Policy, 'views'>): Refusal | null {
  return views === null ? null : refuse('CONFLICT', { message: 'This policy is the settings audit_retention_days and changelog_retention_days: change those.' });
}

/** Ending a policy, as shortening it. */
export function refuseEnding({ mode }: Pick<Policy, 'mode'>): Refusal | null {
  return mode === 'compliance' ? refuse('FORBIDDEN', { message: 'A compliance policy can only be lengthened: it cannot be deleted.' }) : null;
}

function refuseShortening(before: PolicyState, after: PolicyState): Refusal | null {
  const shortened = [
    ...(after.mode !== 'compliance' ? ['mode'] : []),
    ...(before.enabled && !after.enabled ? ['enabled'] : []),
    ...(after.retention_days < before.retention_days ? ['retention_days'] : []),
    ...(after.min_retention_days < before.min_retention_days ? ['min_retention_days'] : []),
    ...(after.trigger !== before.trigger ? ['trigger'] : []),
    ...(after.action !== before.action ? ['action'] : []),
    ...(after.scope_type !== before.scope_type ? ['scope_type'] : []),
    ...(before.scope_ids.some((id) => !after.scope_ids.includes(id)) ? ['scope_ids'] : []),
    ...(canonicalJson(before.selection) !== canonicalJson(after.selection) ? ['filter'] : []),
    ...(before.approval === 'second_person' && after.approval === 'none' ? ['approval'] : []),
  ];
  return shortened.length === 0 ? null : refuse('FORBIDDEN', { message: `A compliance policy can only be lengthened: ${shortened.join(', ')}.`, details: { fields: shortened } });
}
