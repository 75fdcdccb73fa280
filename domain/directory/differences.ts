// What a write changed, told as entries tell it: fields before and after, and bounded lists of ids that came and went.
import type { JsonObject, JsonValue } from '../shared/json.ts';

export interface Differences {
  readonly changed: readonly string[];
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** The fields in which two states differ; each by its value on either side. */
export function differencesBetween(before: JsonObject, after: JsonObject): Differences {
  const changed = Object.keys(after).filter((field) => before[field] !== after[field]);
  return { changed, before: pick(before, changed), after: pick(after, changed) };
}

export interface SetChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function setChange(before: readonly string[], after: readonly string[]): SetChange {
  const had = new Set(before);
  const has = new Set(after);
  return { added: after.filter((id) => !had.has(id)), removed: before.filter((id) => !has.has(id)) };
}

/** An entry is of bounded size: of a long list it names the first and says how many there were. */
export function idList(ids: readonly string[]): JsonObject {
  return { count: ids.length, ids: ids.slice(0, namedIdsMax) };
}

const namedIdsMax = 200;

function pick(state: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(fields.map((field): [string, JsonValue] => [field, state[field] ?? null]));
}
