// Ends a run: its certificate, its last state and the entry that tells of it, in one transaction, once.
import { createHash } from 'node:crypto';
import { certificateBody } from '../../domain/retention/certificate.ts';
import type { Certificate } from '../../domain/retention/certificate.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { appendIn, transactionOn } from '../journal/append-in.ts';
import type { Pool } from '../pool.ts';
import { inTenant } from '../tenant-transaction.ts';
import type { Run } from '../../domain/retention/run.schema.ts';
import { showAgain } from './quarantine.ts';
import { findRun } from './run-rows.ts';
import type { RunRef } from './run-rows.ts';

export interface CertifyingWorld {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signer: { readonly key: { readonly keyId: string }; sign(text: string): Uint8Array };
}

export interface Certified {
  readonly outcome: Certificate['outcome'];
  readonly removed: number;
}

/** Run again, it finds the certificate and changes nothing. `failure` says why a run that is still under way cannot be completed. */
export function certifyRun({ pool, clock, ids, signer }: CertifyingWorld, { tenantId, runId }: RunRef, { failure }: { failure: string | null }): Promise<Certified> {
  return inTenant(pool, tenantId, async (client) => {
    const ask = asking(client);
    await ask({ name: 'lock-run-to-certify', text: 'SELECT 1 AS locked FROM retention_run WHERE tenant_id = $1 AND id = $2 FOR UPDATE', values: [tenantId, runId] });
    const run = await findRun(ask, { tenantId, runId });
    if (run === null) throw new Error(`there is no run ${runId}`);
    const [before] = await ask<{ body: string }>({ name: 'find-certificate', text: 'SELECT body FROM retention_certificate WHERE tenant_id = $1 AND run_id = $2', values: [tenantId, runId] });
    const outcome = outcomeOf(run, failure);
    if (before !== undefined) return { outcome: (JSON.parse(before.body) as Certificate).outcome, removed: run.removed };
    const nowMs = clock.nowMs();
    const now = formatInstant(nowMs * 1000);
    const { keyId } = signer.key;
    const facts = await factsOf(ask, { tenantId, runId });
    const body = certificateBody({
      tenant: tenantId,
      run: runId,
      policy: run.policy_id,
      action: run.action,
      planHash: run.plan_hash,
      outcome,
      requestedBy: run.requested_by,
      approvedBy: run.approved_by,
      planned: run.of,
      removed: run.removed,
      kept: run.kept,
      quarantine: quarantineOf(run),
      startedAt: run.started_at,
      signedAt: now,
      keyId,
      ...facts,
    });
    await ask({
      name: 'write-certificate',
      text: 'INSERT INTO retention_certificate (tenant_id, run_id, body, key_id, signature, signed_at) VALUES ($1, $2, $3, $4, $5, $6)',
      values: [tenantId, runId, body, keyId, Buffer.from(signer.sign(body)), now],
    });
    await ask({ name: 'end-run', text: 'UPDATE retention_run SET state = $3, error = $4, finished_at = coalesce(finished_at, $5) WHERE tenant_id = $1 AND id = $2', values: [tenantId, runId, outcome === 'restored' ? 'completed' : outcome, failure, now] });
    if (run.quarantine !== null) await showAgain(ask, { tenantId, runId }, now);
    const details = { policy_id: run.policy_id, plan_hash: run.plan_hash, outcome, planned: run.of, removed: run.removed, kept: run.kept, ...(outcome === 'completed' || outcome === 'restored' ? {} : { partial: true }) };
    const told = ownEntry({ id: ids.next(), nowMs, ownAction: 'complete_retention_run', actor: null, requestId: null, resourceType: 'retention_run', resourceId: runId, details });
    await appendIn(transactionOn(client), tenantId, [told]);
    return { outcome, removed: run.removed };
  });
}

function outcomeOf({ state, quarantine }: Run, failure: string | null): Certificate['outcome'] {
  if (state === 'cancelled') return 'cancelled';
  if (failure !== null) return 'failed';
  return quarantine?.decision === 'restored' ? 'restored' : 'completed';
}

function quarantineOf({ quarantine }: Run): Certificate['quarantine'] {
  return quarantine === null ? null : { hidden: quarantine.hidden, since: quarantine.since, decision: quarantine.decision, decidedBy: quarantine.decided_by, decidedAt: quarantine.decided_at };
}

type Facts = Pick<Certificate, 'leftView' | 'policyVersion' | 'archive' | 'removedSeqs' | 'removedSha256' | 'firstSeq' | 'lastSeq' | 'segments' | 'holdsInForce' | 'headBefore' | 'headAfter'>;

async function factsOf(ask: Ask, { tenantId, runId }: RunRef): Promise<Facts> {
  const [row] = await ask<{
    policy_version: number;
    seqs: string | null;
    first_seq: string | null;
    last_seq: string | null;
    segments: Facts['segments'];
    manifest: string | null;
    archived: string | null;
    left_audit: string;
    left_changes: string;
    holds: readonly string[];
    head_before: Facts['headBefore'];
    head_seq: string;
    head_link: string;
  }>({
    name: 'facts-of-run',
    text: `SELECT (SELECT p.policy_version FROM retention_plan p WHERE p.tenant_id = $1 AND p.hash = r.plan_hash) AS policy_version,
        (SELECT range_agg(t.seqs)::text FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2) AS seqs,
        (SELECT min(t.first_seq) FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2) AS first_seq,
        (SELECT max(t.last_seq) FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2) AS last_seq,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('number', s.number, 'root', encode(s.root, 'hex')) ORDER BY s.number), '[]') FROM chain_segment s
          WHERE s.tenant_id = $1 AND EXISTS (SELECT FROM tombstone t WHERE t.tenant_id = $1 AND t.run_id = $2 AND t.seqs && int8range(s.first_seq, s.last_seq, '[]'))) AS segments,
        (SELECT a.manifest FROM retention_archive a WHERE a.tenant_id = $1 AND a.run_id = $2 AND a.sealed_at IS NOT NULL) AS manifest,
        (SELECT sum(a.entries) FROM retention_archive_part a WHERE a.tenant_id = $1 AND a.run_id = $2) AS archived,
        ARRAY(SELECT h.id FROM legal_hold h WHERE h.tenant_id = $1 AND h.released_at IS NULL ORDER BY h.id) AS holds,
        r.left_audit, r.left_changes, r.head_before, l.last_seq AS head_seq, encode(l.last_link, 'hex') AS head_link
      FROM retention_run r, tenant_log l WHERE r.tenant_id = $1 AND r.id = $2 AND l.tenant_id = $1`,
    values: [tenantId, runId],
  });
  if (row === undefined) throw new Error(`there is no run ${runId}`);
  const removedSeqs = row.seqs ?? '{}';
  return {
    policyVersion: row.policy_version,
    leftView: { audit: Number(row.left_audit), changes: Number(row.left_changes) },
    archive: row.manifest === null ? null : { entries: Number(row.archived ?? 0), manifestSha256: createHash('sha256').update(row.manifest).digest('hex') },
    removedSeqs,
    removedSha256: createHash('sha256').update(removedSeqs).digest('hex'),
    firstSeq: row.first_seq === null ? null : Number(row.first_seq),
    lastSeq: row.last_seq === null ? null : Number(row.last_seq),
    segments: row.segments,
    holdsInForce: row.holds,
    headBefore: row.head_before,
    headAfter: { seq: Number(row.head_seq), link: row.head_link },
  };
}
