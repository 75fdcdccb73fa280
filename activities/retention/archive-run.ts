// Writes what a run's plan names into an archive, reads all of it back, and only then seals it.
import { asking } from '../../db/access/ask.ts';
import { listKeys } from '../../db/evidence/keys.ts';
import { createSignatureCheck } from '../../db/evidence/sign.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { readLines } from '../../db/parts/read-lines.ts';
import { claimArchive, dropArchiveParts, listArchiveParts, sealArchive } from '../../db/retention/archive-rows.ts';
import { findPlannedRun } from '../../db/retention/read-planned.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';
import { verifyArchive } from '../../domain/retention/verify-archive.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { signManifest } from './archive-manifest.ts';
import { writeArchiveParts } from './archive-parts.ts';
import { archivePlace } from './archive-place.ts';
import type { ArchivingStep, ArchivingWorld } from './archive-place.ts';

export type Archived =
  | { readonly kind: 'sealed'; readonly signed: SignedCheckpoint }
  /** It was sealed before, and its files are not as they were. */
  | { readonly kind: 'damaged'; readonly reason: string }
  /** Somebody else writes it now, or the run was paused or cancelled. */
  | { readonly kind: 'lost' };

/** Run again, it goes on after the parts that count. */
export async function archiveRun(world: ArchivingWorld, step: ArchivingStep): Promise<Archived> {
  const { pool, clock } = world;
  const { tenantId, runId } = step;
  const claim = await claimArchive(pool, step);
  if (claim === null) return { kind: 'lost' };
  if (claim.sealed !== null) {
    const wrong = await wrongAboutFiles(world, { step, signed: claim.sealed });
    return wrong === null ? { kind: 'sealed', signed: claim.sealed } : { kind: 'damaged', reason: wrong };
  }
  const writer = { tenantId, runId, fence: claim.fence };
  const planned = await findPlannedRun(pool, step);
  if (!(await writeArchiveParts(world, { step, writer, planned }))) return { kind: 'lost' };
  const parts = await inTenant(pool, tenantId, (client) => listArchiveParts(asking(client), step));
  const signed = await signManifest(world, { step, writer, planned, parts });
  const wrong = await wrongAboutFiles(world, { step, signed });
  if (wrong !== null) {
    // Nothing is sealed and nothing goes: the next attempt writes all of it again.
    await dropArchiveParts(pool, writer, { fromNumber: 1 });
    throw new Error(`the archive of the run ${runId} was not written as it was meant: ${wrong}`);
  }
  await step.beforeSealing?.();
  return (await sealArchive(pool, writer, { signed, now: formatInstant(clock.nowMs() * 1000) })) ? { kind: 'sealed', signed } : { kind: 'lost' };
}

/** By the very function with which somebody else verifies it later. */
async function wrongAboutFiles({ pool, files, signer }: ArchivingWorld, { step, signed }: { readonly step: ArchivingStep; readonly signed: SignedCheckpoint }): Promise<string | null> {
  const { onProgress } = step;
  const published = await listKeys(pool);
  const verdict = await verifyArchive({
    sha256,
    signed,
    checkSignature: createSignatureCheck([signer.key.publicKey, ...published.map(({ publicKey }) => publicKey)]),
    async open(name) {
      const found = await files.find(archivePlace(step), name);
      return found === null ? null : readLines(found.read());
    },
    certificate: null,
    ...(onProgress === undefined ? {} : { onRows: onProgress }),
  });
  return verdict.fault;
}
