// The verifier: is given a log's entries and checkpoints in their order, one after another, and names the first thing that is wrong.
import { bytesToHex } from '@noble/hashes/utils.js';
import { canonicalEntry } from '../journal/canonical-entry.ts';
import { contentHash, genesisLink, leafHash, linkHash, sameBytes } from '../journal/chain.ts';
import type { StoredEntry } from '../journal/entry.ts';
import type { Sha256 } from '../shared/sha256.ts';
import { checkpointHash, readCheckpointBody } from './checkpoint.ts';
import type { Checkpoint, SignedCheckpoint } from './checkpoint.ts';
import { explainMisfit } from './explain-misfit.ts';
import type { Hashed } from './explain-misfit.ts';
import type { Fault, FaultKind } from './fault.ts';
import { createMerkleTree } from './merkle.ts';
import type { RemovedEntry } from './removed-entry.ts';

export type SignatureCheck = (signed: SignedCheckpoint) => 'good' | 'bad' | 'unknown key';

export interface VerifierOptions {
  readonly sha256: Sha256;
  readonly tenantId: string;
  readonly checkSignature: SignatureCheck;
}

export interface LogHeadClaim {
  readonly seq: number;
  readonly link: Uint8Array;
}

/** Every call answers the first fault, or null while there is none; after a fault nothing more may be asked. */
export interface LogVerifier {
  /** Up to here everything was sound, what was removed included. */
  readonly entries: number;
  readonly removed: number;
  readonly checkpoints: number;
  readonly headLink: Uint8Array;
  /** Through this seq the log is as a checkpoint with a good signature says. */
  readonly signedThrough: number;
  entry(entry: StoredEntry): Fault | null;
  /** In the place of an entry that was removed: the chain goes on over its leaf. */
  gone(removed: RemovedEntry): Fault | null;
  /** One of the log's own checkpoints, given after the entry at its head and before the next one. */
  checkpoint(signed: SignedCheckpoint): Fault | null;
  /** A checkpoint that was kept elsewhere; given at the same place, it stands in no order with the log's own. */
  witness(signed: SignedCheckpoint): Fault | null;
  /** Nothing follows. The head is what the log says of itself; null when nobody says anything. */
  end(head: LogHeadClaim | null): Fault | null;
}

export function createLogVerifier({ sha256, tenantId, checkSignature }: VerifierOptions): LogVerifier {
  const tree = createMerkleTree(sha256);
  let position = 0;
  let link = genesisLink;
  let removed = 0;
  let suspect: Hashed | null = null;
  /** Through this seq entries were promised by a checkpoint and did not come. */
  let missing: { readonly through: number; readonly by: string } | null = null;
  let vouchedThrough = 0;
  let last: { readonly number: number; readonly hash: Uint8Array; readonly headSeq: number } | null = null;

  function entry(stored: StoredEntry): Fault | null {
    return follow(hash(stored));
  }

  function gone({ seq, leaf, link: kept }: RemovedEntry): Fault | null {
    const fault = follow({ seq, leaf, link: kept, computedLeaf: leaf });
    if (fault === null) removed += 1;
    return fault;
  }

  function follow(hashed: Hashed): Fault | null {
    const stored = hashed;
    if (suspect !== null) return explainMisfit({ sha256, tenantId, previous: link, entry: suspect, next: hashed });
    const expected = position + 1;
    if (stored.seq < expected) return { kind: 'inserted', seq: stored.seq, reason: stored.seq < 1 ? 'no log has such a seq' : 'a second entry has this seq' };
    if (stored.seq > expected) {
      const reason = stored.seq === expected + 1 ? 'it is not there' : `it and all up to ${String(stored.seq - 1)} are not there`;
      return { kind: 'removed', seq: expected, reason };
    }
    if (missing !== null) return fault('checkpoint', `${missing.by} stands before the entries it speaks of`);
    const next = linkHash({ sha256, tenantId, seq: expected, previous: link, leaf: stored.leaf });
    if (!sameBytes(hashed.computedLeaf, stored.leaf)) return explainMisfit({ sha256, tenantId, previous: link, entry: hashed, next: null });
    if (!sameBytes(next, stored.link)) {
      // The entry after it tells what happened.
      suspect = hashed;
      return null;
    }
    position = expected;
    link = next;
    tree.add(stored.leaf);
    return null;
  }

  function hash(stored: StoredEntry): Hashed {
    const content = contentHash({ sha256, salt: stored.salt, canonical: canonicalEntry(stored) });
    const computedLeaf = leafHash({ sha256, recordedAt: stored.recordedAt, content });
    return { seq: stored.seq, leaf: stored.leaf, link: stored.link, computedLeaf };
  }

  function checkpoint(signed: SignedCheckpoint): Fault | null {
    if (suspect !== null) return null;
    const number = (last?.number ?? 0) + 1;
    const read = soundCheckpoint(signed, `checkpoint ${String(number)}`);
    if ('kind' in read) return read;
    if (read.number !== number) return fault('checkpoint', `checkpoint ${String(number)} is not there, number ${String(read.number)} stands in its place`);
    if (!sameOrNone(read.previous, last?.hash ?? null)) return fault('checkpoint', `checkpoint ${String(number)} does not follow from the one before it`);
    if (read.headSeq < (last?.headSeq ?? 0)) return fault('checkpoint', `checkpoint ${String(number)} goes back behind the one before it`);
    last = { number, hash: checkpointHash({ sha256, body: signed.body }), headSeq: read.headSeq };
    return compare(read, `checkpoint ${String(number)}`);
  }

  function witness(signed: SignedCheckpoint): Fault | null {
    if (suspect !== null) return null;
    const read = soundCheckpoint(signed, 'the checkpoint that was given');
    return 'kind' in read ? read : compare(read, `the checkpoint that was given (number ${String(read.number)})`);
  }

  function soundCheckpoint(signed: SignedCheckpoint, name: string): Checkpoint | Fault {
    const read = readCheckpointBody(signed.body);
    if (read === null) return fault('checkpoint', `${name} cannot be read`);
    if (read.tenant !== tenantId) return fault('checkpoint', `${name} is of the log of ${read.tenant}`);
    if (read.keyId !== signed.keyId) return fault('checkpoint', `${name} names another key than the one it is kept under`);
    const signature = checkSignature(signed);
    if (signature === 'unknown key') return fault('signature', `${name} is signed with the key ${signed.keyId}, which is not among those trusted`);
    return signature === 'good' ? read : fault('signature', `the signature of ${name} is not valid`);
  }

  function compare({ headSeq, headLink, root }: Checkpoint, name: string): Fault | null {
    if (headSeq > position) {
      missing ??= { through: headSeq, by: name };
      return null;
    }
    if (headSeq < position) return fault('checkpoint', `${name} came too late: it speaks of ${String(headSeq)}, and ${String(position)} was read`);
    if (!sameBytes(headLink, link)) return fault('history', `from here to ${String(headSeq)} something is not as ${name} signed it: the links were written anew`);
    const now = tree.root();
    if (now === null || !sameBytes(root, now)) return fault('history', `from here to ${String(headSeq)} the leaves are not those that ${name} signed`);
    vouchedThrough = Math.max(vouchedThrough, headSeq);
    return null;
  }

  /** Of the entries themselves nothing is wrong, so what may be wrong begins after the last one a sound checkpoint vouches for. */
  function fault(kind: FaultKind, reason: string): Fault {
    return { kind, seq: vouchedThrough + 1, reason };
  }

  function end(head: LogHeadClaim | null): Fault | null {
    if (suspect !== null) return explainMisfit({ sha256, tenantId, previous: link, entry: suspect, next: null });
    const promised = missing ?? (head !== null && head.seq > position ? { through: head.seq, by: 'the head of the log' } : null);
    if (promised !== null) {
      return { kind: 'truncated', seq: position + 1, reason: `the log ends before it, although ${promised.by} stands at ${String(promised.through)}` };
    }
    if (head === null) return null;
    if (head.seq < position) return { kind: 'inserted', seq: head.seq + 1, reason: 'it stands beyond the head of the log' };
    if (!sameBytes(head.link, link)) {
      return { kind: 'head', seq: position, reason: `the head of the log has the link ${bytesToHex(head.link)}, its last entry ${bytesToHex(link)}` };
    }
    return null;
  }

  return {
    get entries() {
      return position;
    },
    get checkpoints() {
      return last?.number ?? 0;
    },
    get headLink() {
      return link;
    },
    get removed() {
      return removed;
    },
    get signedThrough() {
      return vouchedThrough;
    },
    entry,
    gone,
    checkpoint,
    witness,
    end,
  };
}

function sameOrNone(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : sameBytes(a, b);
}
