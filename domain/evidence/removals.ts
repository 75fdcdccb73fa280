// Whether what was removed from a log was removed by runs that were certified: tombstones alone could have been made by anybody who can write them.
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import type { Sha256 } from '../shared/sha256.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import type { Fault } from './fault.ts';
import type { SignatureCheck } from './log-verifier.ts';

/** What a verified log says was removed by one run. */
export interface Removal {
  readonly runId: string;
  readonly firstSeq: number;
  readonly count: number;
  /** The seqs as ranges, written as certificates are hashed over them. */
  readonly seqs: string;
}

export interface RemovalCollector {
  /** In the order of the log. */
  add(runId: string, seq: number): void;
  removals(): readonly Removal[];
}

export function createRemovalCollector(): RemovalCollector {
  const runs = new Map<string, { from: number; through: number; count: number; firstSeq: number; closed: string[] }>();
  return {
    add(runId, seq) {
      const run = runs.get(runId);
      if (run === undefined) runs.set(runId, { from: seq, through: seq, count: 1, firstSeq: seq, closed: [] });
      else {
        run.count += 1;
        if (seq !== run.through + 1) {
          run.closed.push(rangeText(run));
          run.from = seq;
        }
        run.through = seq;
      }
    },
    removals: () => [...runs].map(([runId, run]) => ({ runId, firstSeq: run.firstSeq, count: run.count, seqs: `{${[...run.closed, rangeText(run)].join(',')}}` })),
  };
}

/** By run: the certificates there are, and the runs that are under way, whose certificate comes at their end. */
export interface RunEvidence {
  readonly certificates: ReadonlyMap<string, SignedCheckpoint>;
  readonly openRuns: ReadonlySet<string>;
}

export interface CertifiedInput extends RunEvidence {
  readonly sha256: Sha256;
  readonly tenantId: string;
  readonly removals: readonly Removal[];
  readonly checkSignature: SignatureCheck;
}

export interface JudgedRemovals {
  /** The first removal that no certificate vouches for. */
  readonly fault: Fault | null;
  /** How many were removed by runs that are under way: nobody vouches for those yet. */
  readonly uncertified: number;
}

export function judgeRemovals({ sha256, tenantId, removals, certificates, checkSignature, openRuns }: CertifiedInput): JudgedRemovals {
  let uncertified = 0;
  for (const { runId, firstSeq, count, seqs } of removals) {
    const certificate = certificates.get(runId);
    if (certificate === undefined && openRuns.has(runId)) {
      uncertified += count;
      continue;
    }
    const wrong = certificate === undefined ? 'has no certificate' : wrongAbout({ certificate, runId, tenantId, checkSignature, hash: bytesToHex(sha256(utf8ToBytes(seqs))) });
    if (wrong !== null) return { fault: { kind: 'removed', seq: firstSeq, reason: `it was removed by the run ${runId}, which ${wrong}` }, uncertified };
  }
  return { fault: null, uncertified };
}

/** Of a log that was read meanwhile: what was certified before is complete in it; whatever ran since may be there in part. */
export function evidenceAround(before: RunEvidence, after: RunEvidence): RunEvidence {
  const since = [...after.openRuns, ...after.certificates.keys()].filter((runId) => !before.certificates.has(runId));
  return { certificates: before.certificates, openRuns: new Set([...before.openRuns, ...since]) };
}

interface Certificate {
  readonly certificate: SignedCheckpoint;
  readonly runId: string;
  readonly tenantId: string;
  readonly checkSignature: SignatureCheck;
  readonly hash: string;
}

function wrongAbout({ certificate, runId, tenantId, checkSignature, hash }: Certificate): string | null {
  const signature = checkSignature(certificate);
  if (signature === 'unknown key') return `is certified with the key ${certificate.keyId}, which is not among those trusted`;
  if (signature === 'bad') return 'has a certificate whose signature is not valid';
  const read = bodySchema.safeParse(JSON.parse(certificate.body));
  if (!read.success || read.data.tenant !== tenantId || read.data.run !== runId) return 'has the certificate of something else';
  return read.data.removed_sha256 === hash ? null : 'was certified for other entries than those that are gone';
}

const bodySchema = z.looseObject({ type: z.literal('holdfast.retention-certificate'), tenant: z.string(), run: z.string(), removed_sha256: z.string() });

function rangeText({ from, through }: { readonly from: number; readonly through: number }): string {
  return `[${String(from)},${String(through + 1)})`;
}
