// Why an entry does not follow from the one before it: its own stored hashes and those of the next one give most of it away.
import { linkHash, sameBytes } from '../journal/chain.ts';
import type { Sha256 } from '../shared/sha256.ts';
import type { Fault } from './fault.ts';

/** What of an entry the chain is made of, and the leaf as its facts give it now. */
export interface Hashed {
  readonly seq: number;
  readonly leaf: Uint8Array;
  readonly link: Uint8Array;
  readonly computedLeaf: Uint8Array;
}

export interface Misfit {
  readonly sha256: Sha256;
  readonly tenantId: string;
  /** The link before the entry; sound. */
  readonly previous: Uint8Array;
  readonly entry: Hashed;
  readonly next: Hashed | null;
}

export function explainMisfit(misfit: Misfit): Fault {
  const { entry, next } = misfit;
  const { seq } = entry;
  const leafFits = sameBytes(entry.leaf, entry.computedLeaf);
  if (!leafFits && linksTo(misfit, { seq, leaf: entry.leaf })) return { kind: 'content', seq, reason: 'its facts are not those that were hashed' };
  if (!leafFits && linksTo(misfit, { seq, leaf: entry.computedLeaf })) return { kind: 'leaf', seq, reason: 'its stored leaf was changed' };
  if (!leafFits) return { kind: 'replaced', seq, reason: 'its facts, its leaf and its link do not fit one another' };

  const hashedNext = next === null ? null : neighbourOf(misfit, next);
  if (hashedNext === 'link') return { kind: 'link', seq, reason: 'its stored link was changed' };
  if (hashedNext === 'swapped') return { kind: 'swapped', seq, reason: 'it was exchanged with the entry after it' };
  if (hashedNext === 'inserted') return { kind: 'inserted', seq, reason: 'it was put in here and the entries after it renumbered' };
  if (hashedNext === 'removed') return { kind: 'removed', seq, reason: 'the entry that stood here was removed and those after it renumbered' };
  return {
    kind: 'misplaced',
    seq,
    reason: 'it is not linked to the entry before it: changed together with its leaf, exchanged with another, put in, or moved up after a removal',
  };
}

/** Each answer is a guess that a hash confirms: none can be right by chance. */
function neighbourOf(misfit: Misfit, next: Hashed): 'link' | 'swapped' | 'inserted' | 'removed' | null {
  const { sha256, tenantId, previous, entry } = misfit;
  const link = (input: { seq: number; previous: Uint8Array; leaf: Uint8Array }): Uint8Array => linkHash({ sha256, tenantId, ...input });
  const trueLink = link({ seq: entry.seq, previous, leaf: entry.leaf });
  if (sameBytes(next.link, link({ seq: entry.seq + 1, previous: trueLink, leaf: next.leaf }))) return 'link';
  if (sameBytes(next.link, link({ seq: entry.seq, previous, leaf: next.leaf }))) {
    const followsNext = sameBytes(entry.link, link({ seq: entry.seq + 1, previous: next.link, leaf: entry.leaf }));
    return followsNext ? 'swapped' : 'inserted';
  }
  return sameBytes(next.link, link({ seq: entry.seq + 2, previous: entry.link, leaf: next.leaf })) ? 'removed' : null;
}

function linksTo({ sha256, tenantId, previous, entry }: Misfit, { seq, leaf }: { seq: number; leaf: Uint8Array }): boolean {
  return sameBytes(entry.link, linkHash({ sha256, tenantId, seq, previous, leaf }));
}
