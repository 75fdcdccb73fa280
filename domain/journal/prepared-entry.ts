// An entry made ready before the log is locked: salted, hashed and written as text, waiting only for its place.
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Sha256 } from '../shared/sha256.ts';
import { canonicalEntry } from './canonical-entry.ts';
import { contentHash } from './chain.ts';
import type { EntryFacts } from './entry.ts';
import { searchText } from './search-text.ts';

export interface PreparedEntry {
  readonly id: string;
  readonly content: Uint8Array;
  /** The row as JSON, open at the end: its place is appended under the lock. */
  readonly openRow: string;
}

export function prepareEntry({ facts, salt, sha256 }: { facts: EntryFacts; salt: Uint8Array; sha256: Sha256 }): PreparedEntry {
  const canonical = canonicalEntry(facts);
  const extra = `,"search_text":${JSON.stringify(searchText(facts))},"salt":"\\\\x${bytesToHex(salt)}"`;
  return { id: facts.id, content: contentHash({ sha256, salt, canonical }), openRow: canonical.slice(0, -1) + extra };
}
