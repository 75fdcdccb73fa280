// Follows the links of a stretch of a log without its contents: enough to see that nothing was removed, put in or exchanged.
import { linkHash, sameBytes } from '../journal/chain.ts';
import type { Sha256 } from '../shared/sha256.ts';
import type { Fault } from './fault.ts';

export interface ChainLink {
  readonly seq: number;
  readonly leaf: Uint8Array;
  readonly link: Uint8Array;
}

export interface Stretch {
  readonly sha256: Sha256;
  readonly tenantId: string;
  /** What the first of the rows must be linked to. */
  readonly previous: Uint8Array;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly rows: readonly ChainLink[];
}

/** The link of the last row, or the first that does not follow. */
export function walkChain({ sha256, tenantId, previous, firstSeq, lastSeq, rows }: Stretch): { readonly link: Uint8Array } | Fault {
  let link = previous;
  let expected = firstSeq;
  for (const { seq, leaf, link: stored } of rows) {
    if (seq > expected) return { kind: 'removed', seq: expected, reason: 'it is not there' };
    if (seq < expected) return { kind: 'inserted', seq, reason: 'a second entry has this seq' };
    link = linkHash({ sha256, tenantId, seq, previous: link, leaf });
    if (!sameBytes(link, stored)) return { kind: 'misplaced', seq, reason: 'it is not linked to the entry before it' };
    expected += 1;
  }
  return expected > lastSeq ? { link } : { kind: 'removed', seq: expected, reason: 'it is not there' };
}
