// What a reader of the audit log asks for: a filter, and whether holds matter; with the name by which its cursors are bound to it.
import { scopeTag } from '../cursor/cursor.ts';
import { filterKey } from '../filter/filter-json.ts';
import { characterCount, shortestText } from '../filter/filter.ts';
import type { Filter } from '../filter/filter.ts';
import { toFilter } from '../filter/filter.schema.ts';
import type { FilterInput } from '../filter/filter.schema.ts';
import { searchFold } from '../journal/search-text.ts';
import { parseInstant } from '../shared/instant.ts';
import type { Micros } from '../shared/instant.ts';
import { isRefusal } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';

export interface AuditSelection {
  readonly filter: Filter;
  /** Only what is under a hold, only what is not, or (null) either. */
  readonly held: boolean | null;
}

export type AuditFilterInput = FilterInput & { readonly held?: boolean | undefined };

/** `at` stands before the name of a field that is refused. */
export function auditSelection({ held, ...input }: AuditFilterInput, where: { readonly at?: string } = {}): AuditSelection | Refusal {
  const filter = toFilter(input, where);
  return isRefusal(filter) ? filter : { filter, held: held ?? null };
}

/** Null for the whole log: a cursor over it may be narrowed later. */
export function scopeOf({ filter, held }: AuditSelection): string | null {
  if (held === null && filter.all.length === 0) return null;
  return scopeTag(`audit:${String(held)}:${filterKey(filter)}`);
}

/**
 * The longest text that stands in every entry that is meant, so that the index of texts leads to them: one that was looked for, or else the value of
 * a field that has no index of its own.
 */
export function leadingText({ all }: Filter): string | null {
  const wanted: string[] = [];
  const values: string[] = [];
  for (const condition of all) {
    if ('either' in condition) continue;
    const value = condition.values.at(0);
    if (value === undefined) continue;
    if (condition.op === 'text') wanted.push(value);
    else if (condition.op === 'in' && condition.values.length === 1 && withoutIndex.has(condition.field) && characterCount(value) >= shortestText) values.push(searchFold(value));
  }
  return [...(wanted.length > 0 ? wanted : values)].sort((a, b) => b.length - a.length)[0] ?? null;
}

const withoutIndex: ReadonlySet<string> = new Set(['event_type', 'service_account', 'session_id']);

/** True when the filter is nothing but a text that is looked for. */
export function isTextAlone({ all: [first, ...more] }: Filter): boolean {
  return more.length === 0 && first !== undefined && 'op' in first && first.op === 'text';
}

export interface TimeBounds {
  readonly from: Micros;
  readonly to: Micros;
}

/** Between which event times everything lies that the filter means; `to` is not included. */
export function timeBounds({ all }: Filter): TimeBounds {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  for (const condition of all) {
    if ('either' in condition || condition.field !== 'event_time') continue;
    const edge = parseInstant(condition.values[0]);
    if (edge === null) continue;
    if (condition.op === 'from') from = Math.max(from, edge);
    if (condition.op === 'to') to = Math.min(to, edge);
  }
  return { from, to };
}

/** The values one of which every entry has in this field; null when the filter leaves it open. */
export function valuesOf({ all }: Filter, field: 'share_id' | 'workspace_id' | 'org_id' | 'category'): readonly string[] | null {
  for (const condition of all) if ('op' in condition && condition.op === 'in' && condition.field === field) return condition.values;
  return null;
}
