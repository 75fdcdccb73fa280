// What entries say about a claim: which of them have to do with what it names, and which numbers can be counted from them.
import type { EntityKey } from './entity.ts';
import type { SummaryEntry } from './summary-input.ts';

export interface Named {
  readonly people: readonly EntityKey[];
  readonly objects: readonly EntityKey[];
  readonly places: readonly EntityKey[];
}

/** What a number in a text counts, by the words that follow it. */
export type Unit = 'people' | 'days' | 'files' | 'folders' | 'anything' | 'uncountable';

/** Entries in which one of the people, one of the objects and one of the places occur, as far as one is named. */
export function entriesWith(entries: readonly SummaryEntry[], { people, objects, places }: Named): readonly SummaryEntry[] {
  return entries.filter((entry) => [people, objects, places].every((keys) => keys.length === 0 || keys.some((key) => mentions(entry, key))));
}

export function mentions(entry: SummaryEntry, key: EntityKey): boolean {
  return entry.actor === key || entry.target === key || entry.object === key || entry.workspace === key || entry.share === key;
}

/** True when the number is what somebody gets who counts these entries: all of them, or those of one event or category. */
export function isCountOf(entries: readonly SummaryEntry[], { number, unit }: { readonly number: number; readonly unit: Unit }): boolean {
  const parts = [entries, ...partsBy(entries, ({ event }) => event), ...partsBy(entries, ({ category }) => category), ...partsBy(entries, ({ event, outcome }) => `${event} ${outcome}`)];
  return parts.some((part) => countsOf(part, unit).includes(number));
}

function countsOf(entries: readonly SummaryEntry[], unit: Unit): number[] {
  switch (unit) {
    case 'people':
      return [distinct(entries, ({ actor }) => actor), distinct(entries, ({ target }) => target)];
    case 'days':
      return [distinct(entries, ({ at }) => at.slice(0, 10))];
    case 'files':
    case 'folders':
      return countsOf(entries.filter(({ object }) => object?.startsWith(unit === 'files' ? 'file:' : 'folder:') === true), 'anything');
    case 'anything':
      return [entries.length, distinct(entries, ({ object }) => object)];
    case 'uncountable':
      return [];
  }
}

function partsBy(entries: readonly SummaryEntry[], by: (entry: SummaryEntry) => string): SummaryEntry[][] {
  return [...Map.groupBy(entries, by).values()];
}

function distinct(entries: readonly SummaryEntry[], of: (entry: SummaryEntry) => string | null): number {
  return new Set(entries.map(of).filter((value) => value !== null)).size;
}
