// Verifies a whole log from a stream of its entries and checkpoints; kept of it are the ranges that were removed, and what it says of runs.
import type { StoredEntry } from '../journal/entry.ts';
import { readCheckpointBody } from './checkpoint.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import type { Fault } from './fault.ts';
import { createRemovalCollector } from './removals.ts';
import type { Removal, RemovalCollector } from './removals.ts';
import type { RemovedEntry } from './removed-entry.ts';
import { createLogVerifier } from './log-verifier.ts';
import type { LogHeadClaim, LogVerifier, VerifierOptions } from './log-verifier.ts';
import { createRunMarkCollector } from './run-marks.ts';
import type { RunMark, RunMarkCollector } from './run-marks.ts';

/** A checkpoint stands between the entry at its head and the next one. */
export type LogRecord =
  | { readonly kind: 'entry'; readonly entry: StoredEntry }
  | { readonly kind: 'removed'; readonly removed: RemovedEntry }
  | { readonly kind: 'checkpoint'; readonly signed: SignedCheckpoint };

export interface VerifyInput extends VerifierOptions {
  readonly records: AsyncIterable<readonly LogRecord[]>;
  /** Checkpoints of this log that were kept elsewhere: they show also what happened to the log and its own checkpoints together. */
  readonly witnesses: readonly SignedCheckpoint[];
  readonly head: LogHeadClaim | null;
}

export interface Verdict {
  /** Null for a log in which everything is as it was. */
  readonly fault: Fault | null;
  /** How far everything was sound. */
  readonly entries: number;
  /** How many of these were removed, with their leaves in tombstones. */
  readonly removed: number;
  /** By whom; whether they were certified is not for the chain to say. */
  readonly removals: readonly Removal[];
  /** What its entries say of runs that began and ended. */
  readonly runs: ReadonlyMap<string, RunMark>;
  readonly headLink: Uint8Array;
  readonly signedThrough: number;
  readonly checkpoints: number;
}

export async function verifyLog({ records, witnesses, head, ...options }: VerifyInput): Promise<Verdict> {
  const verifier = createLogVerifier(options);
  const collector = createRemovalCollector();
  const marks = createRunMarkCollector();
  const fault = await firstFault({ verifier, collector, marks, records, witnesses: inOrder(witnesses), head });
  const { entries, removed, headLink, signedThrough, checkpoints } = verifier;
  return { fault, entries, removed, removals: collector.removals(), runs: marks.marks(), headLink, signedThrough, checkpoints };
}

interface Placed {
  readonly headSeq: number;
  readonly signed: SignedCheckpoint;
}

interface Walk extends Pick<VerifyInput, 'records' | 'head'> {
  readonly verifier: LogVerifier;
  readonly collector: RemovalCollector;
  readonly marks: RunMarkCollector;
  readonly witnesses: readonly Placed[];
}

async function firstFault({ verifier, collector, marks, records, witnesses, head }: Walk): Promise<Fault | null> {
  let heard = 0;
  function hearWitnesses(belowSeq: number): Fault | null {
    for (let next = witnesses[heard]; next !== undefined && next.headSeq < belowSeq; next = witnesses[heard]) {
      heard += 1;
      const fault = verifier.witness(next.signed);
      if (fault !== null) return fault;
    }
    return null;
  }

  function hear(record: LogRecord): Fault | null {
    switch (record.kind) {
      case 'checkpoint':
        return verifier.checkpoint(record.signed);
      case 'entry':
        marks.hear(record.entry);
        return hearWitnesses(record.entry.seq) ?? verifier.entry(record.entry);
      case 'removed':
        collector.add(record.removed.runId, record.removed.seq);
        return hearWitnesses(record.removed.seq) ?? verifier.gone(record.removed);
    }
  }

  for await (const page of records) {
    for (const record of page) {
      const fault = hear(record);
      if (fault !== null) return fault;
    }
  }
  return hearWitnesses(Number.POSITIVE_INFINITY) ?? verifier.end(head);
}

/** One that cannot be read comes first, and is the first fault. */
function inOrder(witnesses: readonly SignedCheckpoint[]): Placed[] {
  return witnesses
    .map((signed) => ({ headSeq: readCheckpointBody(signed.body)?.headSeq ?? 0, signed }))
    .sort((a, b) => a.headSeq - b.headSeq);
}
