// The certificate of a run: what is signed about a removal, as a text that always has the same bytes.
import { writeRemovedSet } from '../evidence/removed-set.ts';
import { canonicalJson } from '../shared/json.ts';

export interface Certificate {
  readonly tenant: string;
  readonly run: string;
  readonly policy: string;
  readonly policyVersion: number;
  readonly planHash: string;
  readonly action: 'delete' | 'archive' | 'quarantine';
  /** `restored`: a second person gave back what a quarantine had hidden, and nothing was removed. */
  readonly outcome: 'completed' | 'failed' | 'cancelled' | 'restored';
  readonly requestedBy: string;
  readonly approvedBy: string | null;
  readonly planned: number;
  readonly removed: number;
  readonly kept: { readonly hold: number; readonly floor: number; readonly not_old_enough: number };
  /** How many only left a view by the settings. */
  readonly leftView: { readonly audit: number; readonly changes: number };
  /** The removed seqs as ranges, written as the database writes a multirange. */
  readonly removedSeqs: string;
  /** Over that text. */
  readonly removedSha256: string;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  /** Roots of the full segments from which something was removed. */
  readonly segments: readonly { readonly number: number; readonly root: string }[];
  /** What was sealed before anything was removed. */
  readonly archive: { readonly entries: number; readonly manifestSha256: string } | null;
  readonly quarantine: { readonly hidden: number; readonly since: string | null; readonly decision: string | null; readonly decidedBy: string | null; readonly decidedAt: string | null } | null;
  readonly holdsInForce: readonly string[];
  readonly headBefore: { readonly seq: number; readonly link: string };
  readonly headAfter: { readonly seq: number; readonly link: string };
  readonly startedAt: string | null;
  readonly signedAt: string;
  readonly keyId: string;
}

/** Names its own purpose: nothing else that is signed with the same key can be passed off as one. */
export function certificateBody(certificate: Certificate): string {
  const { tenant, run, policy, action, outcome, planned, removed, kept, segments, archive, quarantine } = certificate;
  const { removed_ranges: ranges, removed_bits: bits } = writeRemovedSet(certificate.removedSeqs);
  return canonicalJson({
    type: 'holdfast.retention-certificate',
    version: 1,
    tenant,
    run,
    policy,
    policy_version: certificate.policyVersion,
    plan_hash: certificate.planHash,
    action,
    outcome,
    requested_by: certificate.requestedBy,
    approved_by: certificate.approvedBy,
    planned,
    removed,
    kept: { ...kept },
    left_view: { ...certificate.leftView },
    removed_ranges: ranges,
    removed_bits: bits === null ? null : bits.map((segment) => ({ ...segment })),
    removed_sha256: certificate.removedSha256,
    first_seq: certificate.firstSeq,
    last_seq: certificate.lastSeq,
    segments: segments.map(({ number, root }) => ({ number, root })),
    archive: archive === null ? null : { entries: archive.entries, manifest_sha256: archive.manifestSha256 },
    quarantine:
      quarantine === null
        ? null
        : { hidden: quarantine.hidden, since: quarantine.since, decision: quarantine.decision, decided_by: quarantine.decidedBy, decided_at: quarantine.decidedAt },
    holds_in_force: certificate.holdsInForce,
    head_before: { ...certificate.headBefore },
    head_after: { ...certificate.headAfter },
    started_at: certificate.startedAt,
    signed_at: certificate.signedAt,
    key_id: certificate.keyId,
  });
}
