// A log made in memory the way the journal makes it, and its checkpoints, for tests that then spoil it.
import { generateKeyPairSync } from 'node:crypto';
import { createSigner, createSignatureCheck } from '../../db/evidence/sign.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { checkpointBody, checkpointHash } from '../../domain/evidence/checkpoint.ts';
import type { SignedCheckpoint } from '../../domain/evidence/checkpoint.ts';
import type { LogHeadClaim } from '../../domain/evidence/log-verifier.ts';
import { merkleRoot } from '../../domain/evidence/merkle.ts';
import { verifyLog } from '../../domain/evidence/verify-log.ts';
import type { LogRecord, Verdict } from '../../domain/evidence/verify-log.ts';
import { canonicalEntry } from '../../domain/journal/canonical-entry.ts';
import { contentHash, genesisLink } from '../../domain/journal/chain.ts';
import type { StoredEntry } from '../../domain/journal/entry.ts';
import { numberEntries } from '../../domain/journal/number-entries.ts';
import { madeFacts } from '../journal/made-facts.ts';

export const tenantId = 'demo';
const startMicros = 1_776_939_302_000_000;
const keys = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const signer = createSigner(keys);

export interface MadeLog {
  readonly entries: readonly StoredEntry[];
  readonly checkpoints: readonly SignedCheckpoint[];
  readonly head: LogHeadClaim;
}

/** Signed after each of the given seqs. */
export function madeLog({ count, signedAt = [] }: { count: number; signedAt?: readonly number[] }): MadeLog {
  const facts = Array.from({ length: count }, (_, index) => madeFacts({ resource_name: `file ${String(index + 1)}`, details: { n: index } }));
  const salts = facts.map((_, index) => new Uint8Array(16).fill(index % 251));
  const contents = facts.map((one, index) => contentHash({ sha256, salt: salts[index] ?? new Uint8Array(), canonical: canonicalEntry(one) }));
  const empty = { lastSeq: 0, lastLink: genesisLink, lastRecordedAt: 0 };
  const { places, head } = numberEntries({ sha256, tenantId, head: empty, now: startMicros, contents });
  const entries = facts.map((one, index) => {
    const place = places[index];
    const salt = salts[index];
    if (place === undefined || salt === undefined) throw new Error('an entry has no place');
    return { ...one, ...place, salt };
  });
  return { entries, checkpoints: signAll(entries, signedAt), head: { seq: head.lastSeq, link: head.lastLink } };
}

/** The chain as somebody would forge it who can write every row: every hash is right again, only the signatures are not theirs. */
export function linkedAnew(entries: readonly StoredEntry[]): StoredEntry[] {
  const contents = entries.map((one) => contentHash({ sha256, salt: one.salt, canonical: canonicalEntry(one) }));
  const empty = { lastSeq: 0, lastLink: genesisLink, lastRecordedAt: 0 };
  const { places } = numberEntries({ sha256, tenantId, head: empty, now: startMicros, contents });
  return entries.map((one, index) => ({ ...one, ...places[index] }));
}

function signAll(entries: readonly StoredEntry[], seqs: readonly number[]): SignedCheckpoint[] {
  const signed: SignedCheckpoint[] = [];
  for (const headSeq of seqs) {
    const before = signed.at(-1);
    signed.push(
      signUp(entries, { headSeq, number: signed.length + 1, previous: before === undefined ? null : checkpointHash({ sha256, body: before.body }) }),
    );
  }
  return signed;
}

export function signUp(
  entries: readonly StoredEntry[],
  { headSeq, number, previous }: { headSeq: number; number: number; previous: Uint8Array | null },
): SignedCheckpoint {
  const covered = entries.slice(0, headSeq);
  const root = merkleRoot({ sha256, leaves: covered.map(({ leaf }) => leaf) });
  const headLink = covered.at(-1)?.link;
  if (root === null || headLink === undefined) throw new Error('an empty log is not signed');
  const { keyId } = signer.key;
  const body = checkpointBody({ tenant: tenantId, epoch: 'e1', number, headSeq, headLink, root, previous, signedAt: '2026-04-23T11:00:00Z', keyId });
  return { body, keyId, signature: signer.sign(body) };
}

export interface Spoilt extends Partial<MadeLog> {
  readonly entries: readonly StoredEntry[];
  readonly witnesses?: readonly SignedCheckpoint[];
  readonly trusted?: readonly string[];
}

/** Verifies what is left of a log after somebody had their way with it. The head is forged with it unless it is given. */
export function verify({ entries, checkpoints = [], head, witnesses = [], trusted = [signer.key.publicKey] }: Spoilt): Promise<Verdict> {
  const last = entries.at(-1);
  const claim = head ?? { seq: last?.seq ?? 0, link: last?.link ?? genesisLink };
  return verifyLog({ sha256, tenantId, checkSignature: createSignatureCheck(trusted), records: inPages(merged(entries, checkpoints)), witnesses, head: claim });
}

function merged(entries: readonly StoredEntry[], checkpoints: readonly SignedCheckpoint[]): LogRecord[] {
  const waiting = [...checkpoints];
  const headOf = ({ body }: SignedCheckpoint): number => (JSON.parse(body) as { head_seq?: number }).head_seq ?? 0;
  const records: LogRecord[] = [];
  for (const entry of entries) {
    for (let next = waiting[0]; next !== undefined && headOf(next) < entry.seq; next = waiting[0]) {
      records.push({ kind: 'checkpoint', signed: next });
      waiting.shift();
    }
    records.push({ kind: 'entry', entry });
  }
  return [...records, ...waiting.map((signed) => ({ kind: 'checkpoint' as const, signed }))];
}

async function* inPages(records: readonly LogRecord[]): AsyncGenerator<readonly LogRecord[]> {
  await Promise.resolve();
  for (let at = 0; at < records.length; at += 7) yield records.slice(at, at + 7);
}
