// Whether what was removed from a log was removed as somebody signed it: by the certificate of its run, or, while a run is under way, by the plan that the log itself names.
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import type { Sha256 } from '../shared/sha256.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import type { Fault } from './fault.ts';
import type { SignatureCheck } from './log-verifier.ts';
import type { Removal } from './removals.ts';
import { readRemovedSet, removedSet } from './removed-set.ts';
import type { RunMark } from './run-marks.ts';
import { firstOutside, joinedRanges, rangesOf } from './seq-ranges.ts';
import type { Verdict } from './verify-log.ts';

/** The plan of a run, as far as its hash is made of it. */
export interface RunPlan {
  readonly policyId: string;
  readonly policyVersion: number;
  readonly asOfSeq: number;
  readonly asOf: string;
  readonly leavesView: { readonly audit: number; readonly changes: number };
  /** The seqs of its parts, as the database writes multiranges. */
  readonly parts: readonly string[];
}

export interface RunEvidence {
  readonly certificates: ReadonlyMap<string, SignedCheckpoint>;
  /** Of the runs that have removed something and have no certificate yet. */
  readonly plans: ReadonlyMap<string, RunPlan>;
}

export interface JudgeInput extends RunEvidence {
  readonly sha256: Sha256;
  readonly tenantId: string;
  readonly walked: Pick<Verdict, 'entries' | 'removals' | 'runs' | 'signedThrough'>;
  readonly checkSignature: SignatureCheck;
  readonly isPlanOf: (hash: string, plan: RunPlan) => boolean;
}

export interface JudgedRemovals {
  /** The first removal that nobody vouches for. */
  readonly fault: Fault | null;
  /** How many were removed by runs that are under way: as planned, and not certified yet. */
  readonly uncertified: number;
}

export function judgeRemovals(input: JudgeInput): JudgedRemovals {
  let uncertified = 0;
  let fault: Fault | null = null;
  for (const removal of input.walked.removals) {
    const { runId, count, firstSeq } = removal;
    const certificate = input.certificates.get(runId);
    if (certificate === undefined) uncertified += count;
    const wrong = certificate === undefined ? wrongWithoutCertificate(input, removal) : wrongByCertificate(input, { removal, certificate });
    if (wrong === null) continue;
    const seq = wrong.seq ?? firstSeq;
    if (fault !== null && fault.seq < seq) continue;
    fault = wrong.isThere === true ? { kind: 'inserted', seq, reason: `the run ${runId} ${wrong.reason}` } : { kind: 'removed', seq, reason: `it was removed by the run ${runId}, which ${wrong.reason}` };
  }
  return { fault, uncertified };
}

interface Wrong {
  readonly reason: string;
  /** Where it is not the first that the run removed. */
  readonly seq?: number;
  readonly isThere?: true;
}

/** A run is believed to be under way when what is signed of the log says that it began, and nothing says that it ended; and then it may have removed what it planned. */
function wrongWithoutCertificate({ plans, walked: { runs, signedThrough }, isPlanOf }: JudgeInput, { runId, ranges }: Removal): Wrong | null {
  const { begun, hasEnded } = runs.get(runId) ?? nothingSaid;
  if (begun === null) return { reason: 'has no certificate, and the log does not say that it began' };
  if (hasEnded) return { reason: 'has no certificate, although the log says that it ended' };
  const plan = plans.get(runId);
  if (plan === undefined) return { reason: 'has no certificate, and no plan of it is given' };
  if (begun.seq > signedThrough) return { reason: `has no certificate yet, and no checkpoint has signed that it began (seq ${String(begun.seq)}): verify again after the next one` };
  if (!isPlanOf(begun.planHash, plan)) return { reason: 'has no certificate, and is given another plan than the log says it began with' };
  const seq = firstOutside({ some: ranges, all: rangesOf(joinedRanges(plan.parts)) });
  return seq === null ? null : { seq, reason: 'has no certificate yet, and did not plan to remove it' };
}

const nothingSaid: RunMark = { begun: null, hasEnded: false };

function wrongByCertificate({ sha256, tenantId, checkSignature, walked }: JudgeInput, { removal, certificate }: { readonly removal: Removal; readonly certificate: SignedCheckpoint }): Wrong | null {
  const { runId, ranges, seqs } = removal;
  const signature = checkSignature(certificate);
  if (signature === 'unknown key') return { reason: `is certified with the key ${certificate.keyId}, which is not among those trusted` };
  if (signature === 'bad') return { reason: 'has a certificate whose signature is not valid' };
  const read = bodySchema.safeParse(JSON.parse(certificate.body));
  if (!read.success || read.data.tenant !== tenantId || read.data.run !== runId) return { reason: 'has the certificate of something else' };
  if (read.data.removed_sha256 === bytesToHex(sha256(utf8ToBytes(seqs)))) return null;
  const set = removedSet.safeParse(read.data);
  if (!set.success) return { reason: 'was certified for other entries than those that are gone' };
  const certified = readRemovedSet(set.data);
  const more = firstOutside({ some: ranges, all: certified });
  // A run that ended after the head of this log was read may have been in the midst of it.
  const isWhole = read.data.head_after.seq < walked.entries;
  const less = isWhole ? firstOutside({ some: certified, all: ranges }) : null;
  if (less !== null && (more === null || less < more)) return { seq: less, isThere: true, reason: 'was certified to have removed it' };
  if (more !== null) return { seq: more, reason: 'was certified for other entries than those that are gone' };
  return isWhole ? { reason: 'has a certificate that contradicts itself' } : null;
}

const bodySchema = z.looseObject({
  type: z.literal('holdfast.retention-certificate'),
  tenant: z.string(),
  run: z.string(),
  removed_sha256: z.string(),
  head_after: z.looseObject({ seq: z.int() }),
});
