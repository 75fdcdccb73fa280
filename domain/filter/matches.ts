// A filter as a question to one entry in memory: the same answer the database gives.
import type { EntryFacts, StoredEntry } from '../journal/entry.ts';
import { searchText } from '../journal/search-text.ts';
import { parseInstant } from '../shared/instant.ts';
import { isWithin, parseAddress, parseNetwork } from './address.ts';
import type { Condition, Filter, InstantCondition } from './filter.ts';

/** An entry with its place; `search_text` saves making it again where it is at hand. */
export type Matchable = EntryFacts & Pick<StoredEntry, 'recordedAt'> & { readonly search_text?: string };

export type Matcher = (entry: Matchable) => boolean;

/** The filter is taken apart once; the matcher is for many entries. */
export function matches({ all }: Filter): Matcher {
  const conditions = all.map(matcherOf);
  return (entry) => conditions.every((holds) => holds(entry));
}

function matcherOf(condition: Condition): Matcher {
  if ('either' in condition) {
    const filters = condition.either.map(matches);
    return (entry) => filters.some((means) => means(entry));
  }
  switch (condition.op) {
    case 'in': {
      const { field } = condition;
      const values = new Set(condition.values);
      return (entry) => {
        const value = entry[field];
        return value !== null && values.has(value);
      };
    }
    case 'ip':
      return inNetworks(condition.values);
    case 'from': {
      const edge = edgeOf(condition);
      return (entry) => instantOf(entry, condition) >= edge;
    }
    case 'to': {
      const edge = edgeOf(condition);
      return (entry) => instantOf(entry, condition) < edge;
    }
    case 'text': {
      const [text] = condition.values;
      return (entry) => (entry.search_text ?? searchText(entry)).includes(text);
    }
  }
}

function inNetworks(values: readonly string[]): Matcher {
  const networks = values.map(parseNetwork).filter((network) => network !== null);
  return ({ ip_address: text }) => {
    const address = text === null ? null : parseAddress(text);
    return address !== null && networks.some((network) => isWithin(address, network));
  };
}

function instantOf(entry: Matchable, { field }: InstantCondition): number {
  return field === 'recorded_at' ? entry.recordedAt : (parseInstant(entry.event_time) ?? Number.NaN);
}

function edgeOf({ values }: InstantCondition): number {
  return parseInstant(values[0]) ?? Number.NaN;
}
