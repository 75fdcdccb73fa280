// The text free search looks through: every string and number of an entry, lower case, one a line.
import type { JsonObject, JsonValue } from '../shared/json.ts';
import { factNames } from './entry.ts';
import type { EntryFacts } from './entry.ts';

export function searchText(facts: EntryFacts): string {
  const words: string[] = [];
  for (const name of factNames) {
    const value: unknown = facts[name];
    if (typeof value === 'string') words.push(value);
    else if (value !== null) collect(value as JsonObject | readonly string[], words);
  }
  return searchFold(words.join('\n'));
}

/** Lower case letter by letter: only so is the fold of a part a part of the fold, also where a final sigma stands. */
export function searchFold(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}

function collect(value: JsonValue, words: string[]): void {
  if (typeof value === 'string') words.push(value);
  else if (typeof value === 'number') words.push(String(value));
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) collect(part, words);
}
