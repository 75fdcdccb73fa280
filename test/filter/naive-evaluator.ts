// What a filter means, said a third time and as plainly as possible: slow, without sets, without libraries, without search_text.
import type { Condition, Filter } from '../../domain/filter/filter.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';

export interface NaiveEntry {
  readonly facts: EntryFacts;
  /** As text with microseconds. */
  readonly recordedAt: string;
}

export function naivelyMeans(filter: Filter, entry: NaiveEntry): boolean {
  for (const condition of filter.all) if (!holds(condition, entry)) return false;
  return true;
}

function holds(condition: Condition, { facts, recordedAt }: NaiveEntry): boolean {
  if ('either' in condition) {
    for (const one of condition.either) if (naivelyMeans(one, { facts, recordedAt })) return true;
    return false;
  }
  switch (condition.op) {
    case 'in':
      for (const value of condition.values) if (facts[condition.field] === value) return true;
      return false;
    case 'ip':
      for (const network of condition.values) if (facts.ip_address !== null && lies(facts.ip_address, network)) return true;
      return false;
    case 'from':
      return padded(condition.field === 'recorded_at' ? recordedAt : facts.event_time) >= padded(condition.values[0]);
    case 'to':
      return padded(condition.field === 'recorded_at' ? recordedAt : facts.event_time) < padded(condition.values[0]);
    case 'text': {
      const wanted = folded(condition.values[0]);
      return textsOf(facts).some((text) => folded(text).includes(wanted));
    }
  }
}

function folded(text: string): string {
  return text.toLowerCase().split('ς').join('σ');
}

/** Every string and number, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsOf);
  return [];
}

/** UTC instants of one year width compare as texts when their fractions are of one length. */
function padded(instant: string): string {
  const [whole = '', fraction = ''] = instant.replace('Z', '').split('.');
  return `${whole}.${fraction.padEnd(6, '0')}`;
}

function lies(address: string, network: string): boolean {
  const [base = '', length = ''] = network.split('/');
  const one = bitsOf(address);
  const other = bitsOf(base);
  if (one === null || other === null || one.length !== other.length) return false;
  return one.slice(0, Number(length)) === other.slice(0, Number(length));
}

/** The address as text of ones and zeros; 32 of them for IPv4, mapped or not. */
function bitsOf(address: string): string | null {
  const lower = address.toLowerCase();
  if (lower.startsWith('::ffff:') && lower.includes('.')) return bitsOf4(lower.slice(7));
  if (lower.includes(':')) return bitsOf6(lower);
  return bitsOf4(lower);
}

function bitsOf4(address: string): string | null {
  const parts = address.split('.');
  if (parts.length !== 4) return null;
  let bits = '';
  for (const part of parts) {
    if (String(Number(part)) !== part || Number(part) < 0 || Number(part) > 255) return null;
    bits += Number(part).toString(2).padStart(8, '0');
  }
  return bits;
}

function bitsOf6(address: string): string | null {
  const halves = address.split('::');
  if (halves.length > 2) return null;
  const groupsOf = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const [left, right] = [groupsOf(halves[0]), groupsOf(halves[1])];
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  let bits = '';
  for (const group of groups) {
    if (group === '' || group.length > 4 || Number.isNaN(Number(`0x${group}`))) return null;
    bits += Number(`0x${group}`).toString(2).padStart(16, '0');
  }
  const isMapped = bits.startsWith('0'.repeat(80) + '1'.repeat(16));
  return isMapped ? bits.slice(96) : bits;
}
