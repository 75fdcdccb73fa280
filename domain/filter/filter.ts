// The one language of selection: what an entry must look like to be meant, as an immutable value in one normal form.
import type { EntryFacts } from '../journal/entry.ts';
import { searchFold } from '../journal/search-text.ts';
import { formatInstant, parseInstant } from '../shared/instant.ts';
import { networkText, parseNetwork } from './address.ts';

/** The facts that are one text each. */
export const textFields = [
  'id', 'event_type', 'event', 'category', 'severity', 'action', 'outcome', 'current_category', 'sub_category', 'visibility', 'permission', 'notification',
  'user_id', 'user_email', 'user_name', 'service_account', 'target_user_id', 'org_id', 'workspace_id', 'share_id', 'resource_type', 'resource_id',
  'resource_name', 'path', 'change_type', 'old_path', 'new_path', 'version_id', 'parent_event_id', 'ip_address', 'user_agent', 'session_id', 'request_id',
  'decision', 'provider', 'model', 'own_action',
] as const satisfies readonly (keyof EntryFacts)[];
export type TextField = (typeof textFields)[number];

export const instantFields = ['event_time', 'recorded_at'] as const;
export type InstantField = (typeof instantFields)[number];

/** All of the conditions hold; without any, every entry is meant. */
export interface Filter {
  readonly all: readonly Condition[];
}

export type Condition = InCondition | IpCondition | InstantCondition | TextCondition | EitherCondition;

/** The field is exactly one of the values; an entry that lacks it is not meant. */
export interface InCondition {
  readonly field: TextField;
  readonly op: 'in';
  readonly values: readonly string[];
}

/** The address lies in one of the networks (`203.0.113.7/32`, `2001:db8::/32`). */
export interface IpCondition {
  readonly field: 'ip_address';
  readonly op: 'ip';
  readonly values: readonly string[];
}

/** `from` includes the instant, `to` does not. */
export interface InstantCondition {
  readonly field: InstantField;
  readonly op: 'from' | 'to';
  readonly values: readonly [string];
}

/** The text stands somewhere in the entry, whatever its case; kept as `searchFold` writes it. */
export interface TextCondition {
  readonly field: 'search_text';
  readonly op: 'text';
  readonly values: readonly [string];
}

/** At least one of the filters means the entry; without any, none does. */
export interface EitherCondition {
  readonly either: readonly Filter[];
}

export const everything: Filter = { all: [] };

/** Equal wishes become equal values, whatever their order. What cannot be is a mistake of the caller and thrown. */
export function filterOf(conditions: readonly Condition[]): Filter {
  return { all: sortedByText(conditions.map(normal)) };
}

export function bothOf(one: Filter, other: Filter): Filter {
  return filterOf([...one.all, ...other.all]);
}

export function eitherOf(filters: readonly Filter[]): Filter {
  return filterOf([{ either: filters }]);
}

export function isIn(field: TextField, values: readonly string[]): InCondition {
  return { field, op: 'in', values };
}

export function isWithinNetworks(values: readonly string[]): IpCondition {
  return { field: 'ip_address', op: 'ip', values };
}

export function isFrom(field: InstantField, instant: string): InstantCondition {
  return { field, op: 'from', values: [instant] };
}

export function isBefore(field: InstantField, instant: string): InstantCondition {
  return { field, op: 'to', values: [instant] };
}

export function containsText(text: string): TextCondition {
  return { field: 'search_text', op: 'text', values: [text] };
}

/** Shorter texts have no trigram to be found by. */
export const shortestText = 3;

/** As PostgreSQL counts them: a face is one. */
export function characterCount(text: string): number {
  return Array.from(text).length;
}

function normal(condition: Condition): Condition {
  if ('either' in condition) return { either: sortedByText(condition.either.map(({ all }) => filterOf(all))) };
  switch (condition.op) {
    case 'in':
      return isIn(condition.field, someValues(condition));
    case 'ip':
      return isWithinNetworks(sortedUnique(someValues(condition).map(normalNetwork)));
    case 'from':
      return isFrom(condition.field, normalInstant(condition.values[0]));
    case 'to':
      return isBefore(condition.field, normalInstant(condition.values[0]));
    case 'text':
      return containsText(normalText(condition.values[0]));
  }
}

function someValues({ field, values }: InCondition | IpCondition): string[] {
  if (values.length === 0) throw new Error(`a condition on ${field} names no value`);
  return sortedUnique(values);
}

function normalNetwork(text: string): string {
  const network = parseNetwork(text);
  if (network === null) throw new Error(`"${text}" is no address and no network`);
  return networkText(network);
}

function normalInstant(text: string): string {
  const instant = parseInstant(text);
  if (instant === null) throw new Error(`"${text}" is no instant`);
  return formatInstant(instant);
}

function normalText(text: string): string {
  if (characterCount(text) < shortestText) throw new Error(`a text to look for has ${String(shortestText)} characters or more`);
  return searchFold(text);
}

function sortedUnique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function sortedByText<T extends object>(parts: readonly T[]): T[] {
  const byText = new Map(parts.map((part) => [JSON.stringify(part), part]));
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}
