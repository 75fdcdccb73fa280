// Writes what stands beside the archived entries in the chain, and signs the manifest of all of it.
import { createHash } from 'node:crypto';
import { readChain, readLogHead } from '../../db/evidence/leaves.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import type { ArchivePart } from '../../db/retention/archive-rows.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';
import { merkleRoot } from '../../domain/evidence/merkle.ts';
import { segmentNumbered, segmentOf } from '../../domain/evidence/segments.ts';
import { hashesBeside } from '../../domain/evidence/subset-root.ts';
import { manifestBody } from '../../domain/retention/archive-manifest.ts';
import { segmentLine } from '../../domain/retention/segment-line.ts';
import { joinedRanges, rangesOf } from '../../domain/evidence/seq-ranges.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { Writing } from './archive-parts.ts';
import { archivePlace, nameOfAttempt } from './archive-place.ts';
import type { ArchivingStep, ArchivingWorld } from './archive-place.ts';

interface Writable extends Writing {
  readonly parts: readonly ArchivePart[];
}

export async function signManifest(world: ArchivingWorld, { step, writer, planned, parts }: Writable): Promise<SignedCheckpoint> {
  const { files, signer, clock } = world;
  const counted = { segments: 0 };
  const name = nameOfAttempt('segments', writer);
  const segments = await files.write(archivePlace(step), name, segmentLines(world, { step, parts, counted }));
  const body = manifestBody({
    type: 'holdfast.retention-archive',
    version: 1,
    tenant: step.tenantId,
    run: step.runId,
    policy: planned.policyId,
    policy_version: planned.policyVersion,
    plan_hash: planned.planHash,
    as_of_seq: planned.asOfSeq,
    rows: parts.reduce((sum, { entries }) => sum + entries, 0),
    seqs_sha256: createHash('sha256').update(joinedRanges(parts.map(({ seqs }) => seqs))).digest('hex'),
    parts: parts.map(({ name: part, entries, bytes, sha256: sum, seqs, lastSeq }) => ({ name: part, rows: entries, bytes, sha256: sum, first_seq: rangesOf(seqs)[0]?.from ?? 0, last_seq: lastSeq })),
    segments: { name, ...segments, count: counted.segments },
    written_at: formatInstant(clock.nowMs() * 1000),
    key_id: signer.key.keyId,
  });
  return { body, keyId: signer.key.keyId, signature: signer.sign(body) };
}

/** Of every full segment of which something is archived. One that is not full yet has no root. */
async function* segmentLines(
  { pool }: ArchivingWorld,
  { step: { tenantId, onProgress }, parts, counted }: { step: ArchivingStep; parts: readonly ArchivePart[]; counted: { segments: number } },
): AsyncGenerator<string> {
  const head = await inTenant(pool, tenantId, (client) => readLogHead(client, tenantId));
  for (const { number, seqs } of bySegment(parts)) {
    const { firstSeq, lastSeq } = segmentNumbered(number);
    if (head === null || lastSeq > head.seq) return;
    const chain = await inTenant(pool, tenantId, (client) => readChain(client, { tenantId, from: firstSeq, through: lastSeq }));
    const leaves = chain.map(({ leaf }) => leaf);
    const root = merkleRoot({ sha256, leaves });
    if (root === null || leaves.length !== lastSeq - firstSeq + 1) throw new Error(`the segment ${String(number)} of ${tenantId} is not whole`);
    counted.segments += 1;
    onProgress?.();
    yield `${segmentLine({ number, root, beside: hashesBeside({ sha256, leaves, isInside: (index) => seqs.has(firstSeq + index) }) })}\n`;
  }
}

/** In order; the seqs of one segment at a time. */
function* bySegment(parts: readonly ArchivePart[]): Generator<{ number: number; seqs: ReadonlySet<number> }> {
  let seqs = new Set<number>();
  let current = 0;
  for (const { from, through } of parts.flatMap((part) => rangesOf(part.seqs))) {
    for (let seq = from; seq <= through; seq += 1) {
      const { number } = segmentOf(seq);
      if (number !== current) {
        if (seqs.size > 0) yield { number: current, seqs };
        seqs = new Set();
        current = number;
      }
      seqs.add(seq);
    }
  }
  if (seqs.size > 0) yield { number: current, seqs };
}
