// Decides whether an item can be placed as asked, and what is stored of it.
import { filterToJson } from '../filter/filter-json.ts';
import { toFilter } from '../filter/filter.schema.ts';
import { parseGlob } from '../held/glob.ts';
import type { ScopeType } from '../held/scope-types.ts';
import { producerId } from '../shared/ids.ts';
import type { JsonObject, JsonValue } from '../shared/json.ts';
import { isRefusal, refuseFields } from '../shared/refusal.ts';
import type { FieldProblem, Refusal } from '../shared/refusal.ts';
import type { ItemWish } from './legal-hold.schema.ts';

export interface NewItem {
  readonly scopeType: ScopeType;
  readonly scopeIds: readonly string[];
  /** As it was asked for, and in the language's own form. */
  readonly filter: JsonObject | null;
  readonly selection: JsonObject | null;
  readonly includePattern: string | null;
  readonly excludePattern: string | null;
}

/** `at` names the item in a list (`items[3].`). */
export function decideItem(wish: ItemWish, at = ''): NewItem | Refusal {
  const problems = [...scopeProblems(wish), ...patternProblems(wish)];
  if (problems.length > 0) return refuseFields(problems.map(({ field, expected }) => ({ field: `${at}${field}`, expected })));
  const selection = wish.scope_type === 'query' ? toFilter(wish.filter ?? {}) : null;
  if (isRefusal(selection)) return selection;
  return {
    scopeType: wish.scope_type,
    scopeIds: wish.scope_ids == null ? (wish.scope_id == null ? [] : [wish.scope_id]) : [...new Set(wish.scope_ids)],
    filter: selection === null ? null : (JSON.parse(JSON.stringify(wish.filter)) as JsonObject),
    selection: selection === null ? null : filterToJson(selection),
    includePattern: wish.include_pattern ?? null,
    excludePattern: wish.exclude_pattern ?? null,
  };
}

export function decideItems(wishes: readonly ItemWish[]): NewItem[] | Refusal {
  const items: NewItem[] = [];
  for (const [index, wish] of wishes.entries()) {
    const decided = decideItem(wish, wishes.length === 1 ? '' : `items[${String(index)}].`);
    if (isRefusal(decided)) return decided;
    items.push(decided);
  }
  return items;
}

/** Each of these is looked at by itself for every entry; plain ones are looked at all together. */
export function isNarrow({ scopeType, includePattern, excludePattern }: NewItem): boolean {
  return scopeType === 'query' || scopeType === 'folder' || includePattern !== null || excludePattern !== null;
}

/** As entries about the hold tell it. */
export function itemInEntry({ scopeType, scopeIds, filter, includePattern, excludePattern }: NewItem): JsonValue {
  return {
    scope_type: scopeType,
    scope_ids: scopeIds.slice(0, 20),
    ...(scopeIds.length > 20 ? { scope_ids_count: scopeIds.length } : {}),
    ...(filter === null ? {} : { filter }),
    ...(includePattern === null ? {} : { include_pattern: includePattern }),
    ...(excludePattern === null ? {} : { exclude_pattern: excludePattern }),
  };
}

function scopeProblems({ scope_type: type, scope_id: id, scope_ids: ids, filter }: ItemWish): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (type === 'query') {
    if (filter == null || Object.keys(filter).length === 0) problems.push({ field: 'filter', expected: 'expected a filter that selects something less than everything' });
    if (id != null) problems.push({ field: 'scope_id', expected: 'expected none beside a query' });
    if (ids != null) problems.push({ field: 'scope_ids', expected: 'expected none beside a query' });
    return problems;
  }
  if (filter != null) problems.push({ field: 'filter', expected: 'expected for the scope query only' });
  if (type === 'resource') {
    if ((id == null) === (ids == null)) problems.push({ field: 'scope_ids', expected: 'expected the ids of the resources, here or as scope_id' });
    return problems;
  }
  if (ids != null) problems.push({ field: 'scope_ids', expected: 'expected for the scope resource only' });
  if (id == null) problems.push({ field: 'scope_id', expected: `expected the id of the ${type}` });
  else if (type !== 'folder' && !producerId.safeParse(id).success) problems.push({ field: 'scope_id', expected: 'expected 1 to 64 characters of A-Z a-z 0-9 _ -' });
  return problems;
}

function patternProblems(wish: ItemWish): FieldProblem[] {
  return (['include_pattern', 'exclude_pattern'] as const).flatMap((field) => {
    const pattern = wish[field];
    const glob = pattern == null ? null : parseGlob(pattern);
    return glob !== null && 'kind' in glob ? [{ field, expected: glob.expected }] : [];
  });
}
