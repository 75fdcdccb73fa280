// Signs where a log stands now: follows its links since the last full segment, adds what became full, and signs the root over all leaves.
import { addCheckpoint, latestCheckpoint } from '../../db/evidence/checkpoints.ts';
import type { KeptCheckpoint } from '../../db/evidence/checkpoints.ts';
import { publishKey } from '../../db/evidence/keys.ts';
import { readChain, readLogHead } from '../../db/evidence/leaves.ts';
import type { LogHeadNow } from '../../db/evidence/leaves.ts';
import { addSegment, countSegments, segmentRoots } from '../../db/evidence/segments.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { checkpointBody, checkpointHash, readCheckpointBody } from '../../domain/evidence/checkpoint.ts';
import type { Fault } from '../../domain/evidence/fault.ts';
import { createMerkleTree, merkleRoot } from '../../domain/evidence/merkle.ts';
import { filledSegments, segmentLevel, segmentNumbered } from '../../domain/evidence/segments.ts';
import { walkChain } from '../../domain/evidence/walk-chain.ts';
import type { ChainLink } from '../../domain/evidence/walk-chain.ts';
import { genesisLink, sameBytes } from '../../domain/journal/chain.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { ActivityWorld } from '../world.ts';

export type SigningWorld = Pick<ActivityWorld, 'pool' | 'clock' | 'signer'>;

export type SignedHead =
  | { readonly kind: 'signed'; readonly number: number; readonly headSeq: number }
  | { readonly kind: 'unchanged'; readonly number: number | null; readonly headSeq: number }
  | { readonly kind: 'broken'; readonly fault: Fault }
  | { readonly kind: 'no log' };

export interface SignRequest {
  readonly tenantId: string;
  /** Called after each stretch that was read; what it throws ends the work. */
  onSegment(number: number): void;
}

/** Any number may sign at once: of two with the same number one is kept, and the other looks again. */
export async function signHead(world: SigningWorld, request: SignRequest): Promise<SignedHead> {
  await publishKey(world.pool, world.signer.key);
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const signed = await signOnce(world, request);
    if (signed !== 'overtaken') return signed;
  }
  throw new Error(`the log of ${request.tenantId} was signed by others ${String(mostAttempts)} times meanwhile`);
}

const mostAttempts = 5;

async function signOnce({ pool, clock, signer }: SigningWorld, { tenantId, onSegment }: SignRequest): Promise<SignedHead | 'overtaken'> {
  // The head is read last, so that it is never behind a checkpoint that somebody adds meanwhile.
  const latest = await inTenant(pool, tenantId, (client) => latestCheckpoint(client, tenantId));
  const head = await inTenant(pool, tenantId, (client) => readLogHead(client, tenantId));
  if (head === null) return { kind: 'no log' };
  const { seq: headSeq, epoch } = head;
  const isSigned = latest !== null && latest.headSeq === headSeq && latest.epoch === epoch;
  if (headSeq === 0 || isSigned) return { kind: 'unchanged', number: latest?.number ?? null, headSeq };

  const broken = await breakAtCheckpoint({ pool, tenantId, head, latest });
  if (broken !== null) return { kind: 'broken', fault: broken };
  const root = await rootThrough({ pool, tenantId, head, onSegment });
  if ('kind' in root) return { kind: 'broken', fault: root };

  const number = (latest?.number ?? 0) + 1;
  const signedAt = formatInstant(clock.nowMs() * 1000);
  const previous = latest === null ? null : checkpointHash({ sha256, body: latest.body });
  const { keyId } = signer.key;
  const body = checkpointBody({ tenant: tenantId, epoch, number, headSeq, headLink: head.link, root: root.root, previous, signedAt, keyId });
  const signature = signer.sign(body);
  const added = await inTenant(pool, tenantId, (client) => addCheckpoint(client, tenantId, { number, epoch, headSeq, body, keyId, signature, signedAt }));
  return added ? { kind: 'signed', number, headSeq } : 'overtaken';
}

interface LogNow {
  readonly pool: SigningWorld['pool'];
  readonly tenantId: string;
  readonly head: LogHeadNow;
}

/** What was signed before must still be there: otherwise the next signature would cover up its loss. */
async function breakAtCheckpoint({ pool, tenantId, head, latest }: LogNow & { latest: KeptCheckpoint | null }): Promise<Fault | null> {
  if (latest === null) return null;
  const { headSeq, number } = latest;
  if (headSeq > head.seq) {
    return { kind: 'truncated', seq: head.seq + 1, reason: `the log ends before it, although checkpoint ${String(number)} stands at ${String(headSeq)}` };
  }
  const signed = readCheckpointBody(latest.body);
  const [row] = await readStretch({ pool, tenantId, from: headSeq, through: headSeq });
  if (signed !== null && row !== undefined && sameBytes(row.link, signed.headLink)) return null;
  return { kind: 'history', seq: headSeq, reason: `its link is not the one that checkpoint ${String(number)} signed` };
}

/** Each stretch is a short transaction of its own, and each full segment is kept at once: whoever comes next goes on from there. */
async function rootThrough({ pool, tenantId, head, onSegment }: LogNow & Pick<SignRequest, 'onSegment'>): Promise<{ readonly root: Uint8Array } | Fault> {
  const filled = filledSegments(head.seq);
  const kept = Math.min(filled, await inTenant(pool, tenantId, (client) => countSegments(client, tenantId)));
  let link = await linkAt({ pool, tenantId, seq: segmentNumbered(kept).lastSeq });
  for (let number = kept + 1; number <= filled; number += 1) {
    const { firstSeq, lastSeq } = segmentNumbered(number);
    const rows = await readStretch({ pool, tenantId, from: firstSeq, through: lastSeq });
    const walked = walkChain({ sha256, tenantId, previous: link, firstSeq, lastSeq, rows });
    if ('kind' in walked) return walked;
    ({ link } = walked);
    const root = rootOf(rows);
    await inTenant(pool, tenantId, (client) => addSegment(client, tenantId, { number, firstSeq, lastSeq, root }));
    onSegment(number);
  }

  const firstSeq = segmentNumbered(filled).lastSeq + 1;
  const rest = await readStretch({ pool, tenantId, from: firstSeq, through: head.seq });
  const walked = walkChain({ sha256, tenantId, previous: link, firstSeq, lastSeq: head.seq, rows: rest });
  if ('kind' in walked) return walked;
  if (!sameBytes(walked.link, head.link)) return { kind: 'head', seq: head.seq, reason: 'the head of the log has another link than its last entry' };

  const tree = createMerkleTree(sha256);
  for (const root of await inTenant(pool, tenantId, (client) => segmentRoots(client, { tenantId, through: filled }))) tree.add(root, segmentLevel);
  for (const { leaf } of rest) tree.add(leaf);
  return { root: known(tree.root()) };
}

async function linkAt({ pool, tenantId, seq }: { pool: LogNow['pool']; tenantId: string; seq: number }): Promise<Uint8Array> {
  if (seq === 0) return genesisLink;
  const [row] = await readStretch({ pool, tenantId, from: seq, through: seq });
  // Whatever follows cannot be linked to nothing: the walk names the first entry after the gap.
  return row?.link ?? new Uint8Array();
}

function readStretch({ pool, tenantId, from, through }: { pool: LogNow['pool']; tenantId: string; from: number; through: number }): Promise<ChainLink[]> {
  return inTenant(pool, tenantId, (client) => readChain(client, { tenantId, from, through }));
}

function rootOf(rows: readonly ChainLink[]): Uint8Array {
  return known(merkleRoot({ sha256, leaves: rows.map(({ leaf }) => leaf) }));
}

function known(root: Uint8Array | null): Uint8Array {
  if (root === null) throw new Error('there is no root over no leaves');
  return root;
}
