// The text of an entry that is hashed: its facts as canonical JSON, empty ones left out.
import { canonicalJson } from '../shared/json.ts';
import type { JsonObject } from '../shared/json.ts';
import { factNames } from './entry.ts';
import type { EntryFacts } from './entry.ts';

const prefixes = factNames.map((name) => [name, `${JSON.stringify(name)}:`] as const);

export function canonicalEntry(facts: EntryFacts): string {
  let text = '{';
  for (const [name, prefix] of prefixes) {
    const value = facts[name];
    if (value === null) continue;
    if (text.length > 1) text += ',';
    text += prefix;
    if (typeof value === 'string') text += JSON.stringify(value);
    else if (isList(value)) text += JSON.stringify(value);
    else text += canonicalJson(value);
  }
  return `${text}}`;
}

function isList(value: readonly string[] | JsonObject): value is readonly string[] {
  return Array.isArray(value);
}
