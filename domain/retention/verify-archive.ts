// Verifies an archive from its files alone: sums, signature, every entry against its leaf, and the leaves against the roots that the certificate names.
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import type { SignedCheckpoint } from '../evidence/checkpoint.ts';
import type { SignatureCheck } from '../evidence/log-verifier.ts';
import { readLogLine } from '../evidence/log-lines.ts';
import { createRemovalCollector } from '../evidence/removals.ts';
import { segmentNumbered, segmentOf, segmentSize } from '../evidence/segments.ts';
import { rootOfSubset } from '../evidence/subset-root.ts';
import { canonicalEntry } from '../journal/canonical-entry.ts';
import { contentHash, leafHash, linkHash, sameBytes } from '../journal/chain.ts';
import type { StoredEntry } from '../journal/entry.ts';
import type { Sha256 } from '../shared/sha256.ts';
import { readManifestBody } from './archive-manifest.ts';
import type { ArchiveManifest } from './archive-manifest.ts';
import { readSegmentLine } from './segment-line.ts';
import type { SegmentLine } from './segment-line.ts';

export interface ReadFile {
  readonly lines: AsyncIterable<string>;
  /** Of all bytes, once the lines were read to their end. */
  sum(): { readonly bytes: number; readonly sha256: string };
}

export interface ArchiveCheck {
  readonly sha256: Sha256;
  readonly signed: SignedCheckpoint;
  readonly checkSignature: SignatureCheck;
  /** Null when there is no such file. */
  readonly open: (name: string) => Promise<ReadFile | null>;
  /** Null while the run is under way. */
  readonly certificate: SignedCheckpoint | null;
  /** Hears now and then how many entries were read. */
  readonly onRows?: (rows: number) => void;
}

export type ArchiveVerdict =
  | { readonly fault: null; readonly tenant: string; readonly run: string; readonly rows: number; readonly segments: number; readonly isCertified: boolean }
  | { readonly fault: string };

export async function verifyArchive(check: ArchiveCheck): Promise<ArchiveVerdict> {
  const manifest = soundManifest(check);
  if (typeof manifest === 'string') return { fault: manifest };
  const read = await readThrough(check, manifest);
  if ('fault' in read) return read;
  const wrong = check.certificate === null ? null : wrongAboutCertificate(check, { certificate: check.certificate, manifest, roots: read.roots });
  if (wrong !== null) return { fault: wrong };
  return { fault: null, tenant: manifest.tenant, run: manifest.run, rows: manifest.rows, segments: read.roots.size, isCertified: check.certificate !== null };
}

function soundManifest({ signed, checkSignature }: ArchiveCheck): ArchiveManifest | string {
  const manifest = readManifestBody(signed.body);
  if (manifest === null) return 'the manifest cannot be read';
  if (manifest.key_id !== signed.keyId) return 'the manifest names another key than the one it is kept under';
  const signature = checkSignature(signed);
  if (signature === 'unknown key') return `the manifest is signed with the key ${signed.keyId}, which is not among those trusted`;
  return signature === 'good' ? manifest : 'the signature of the manifest is not valid';
}

type Roots = ReadonlyMap<number, Uint8Array>;

async function readThrough(check: ArchiveCheck, manifest: ArchiveManifest): Promise<{ readonly roots: Roots } | { readonly fault: string }> {
  const { sha256, open, onRows } = check;
  const segments = await openSegments(check, manifest);
  if (typeof segments === 'string') return { fault: segments };
  const collector = createRemovalCollector();
  let previous: StoredEntry | null = null;
  let rows = 0;

  for (const part of manifest.parts) {
    const file = await open(part.name);
    if (file === null) return { fault: `${part.name} is not there` };
    const before = rows;
    for await (const text of file.lines) {
      const line = readLogLine(text);
      if (line?.kind !== 'entry') return { fault: `${part.name}: line ${String(rows - before + 1)} holds no entry` };
      const { entry } = line;
      const wrong = wrongAboutEntry({ sha256, tenantId: manifest.tenant, entry, previous }) ?? (await segments.hear(entry));
      if (wrong !== null) return { fault: `${part.name}: the entry ${String(entry.seq)} ${wrong}` };
      if (rows === before && entry.seq !== part.first_seq) return { fault: `${part.name} begins with the entry ${String(entry.seq)}, where the manifest names ${String(part.first_seq)}` };
      collector.add('archive', entry.seq);
      previous = entry;
      rows += 1;
      if (rows % 1_000 === 0) onRows?.(rows);
    }
    if (rows - before !== part.rows) return { fault: `${part.name} holds ${String(rows - before)} entries, where the manifest names ${String(part.rows)}` };
    if (previous?.seq !== part.last_seq) return { fault: `${part.name} ends with another entry than the manifest names` };
    const sum = file.sum();
    if (sum.bytes !== part.bytes || sum.sha256 !== part.sha256) return { fault: `${part.name} is not as it was written: its sum is another` };
  }
  if (rows !== manifest.rows) return { fault: `there are ${String(rows)} entries, where the manifest names ${String(manifest.rows)}` };
  const seqs = collector.removals()[0]?.seqs ?? '{}';
  if (bytesToHex(sha256(utf8ToBytes(seqs))) !== manifest.seqs_sha256) return { fault: 'the entries are others than the manifest was signed for' };
  const wrong = await segments.end();
  return wrong === null ? { roots: segments.roots } : { fault: wrong };
}

function wrongAboutEntry({ sha256, tenantId, entry, previous }: { sha256: Sha256; tenantId: string; entry: StoredEntry; previous: StoredEntry | null }): string | null {
  if (previous !== null && entry.seq <= previous.seq) return 'stands behind a later one';
  const content = contentHash({ sha256, salt: entry.salt, canonical: canonicalEntry(entry) });
  if (!sameBytes(leafHash({ sha256, recordedAt: entry.recordedAt, content }), entry.leaf)) return 'is not as it was recorded: its leaf is another';
  if (previous === null || entry.seq !== previous.seq + 1) return null;
  const link = linkHash({ sha256, tenantId, seq: entry.seq, previous: previous.link, leaf: entry.leaf });
  return sameBytes(link, entry.link) ? null : 'does not follow from the one before it';
}

interface OpenSegments {
  readonly roots: Roots;
  /** Of the entries in their order; answers what is wrong. */
  hear(entry: StoredEntry): Promise<string | null>;
  end(): Promise<string | null>;
}

/** The file of segments is read beside the entries: never more than the leaves of one segment are kept. */
async function openSegments({ sha256, open }: ArchiveCheck, manifest: ArchiveManifest): Promise<OpenSegments | string> {
  const { name, bytes, sha256: expected, count } = manifest.segments;
  const file = await open(name);
  if (file === null) return `${name} is not there`;
  const lines = file.lines[Symbol.asyncIterator]();
  const roots = new Map<number, Uint8Array>();
  let inside = new Map<number, Uint8Array>();
  let current: number | null = null;
  let next = await nextLine();

  async function nextLine(): Promise<SegmentLine | 'none' | 'unreadable'> {
    const read = await lines.next();
    return read.done === true ? 'none' : (readSegmentLine(read.value) ?? 'unreadable');
  }

  async function close(number: number): Promise<string | null> {
    if (next === 'unreadable') return `${name} cannot be read`;
    if (next === 'none' || next.number > number) {
      // A segment that was not full yet had no root.
      return segmentNumbered(number).lastSeq <= manifest.as_of_seq ? `${name} says nothing of the segment ${String(number)}` : null;
    }
    if (next.number < number) return `${name} speaks of the segment ${String(next.number)}, of which nothing is archived`;
    const root = rootOfSubset({ sha256, size: segmentSize, inside, beside: next.beside });
    if (root === null || !sameBytes(root, next.root)) return `the leaves of the segment ${String(number)} do not lead to its root`;
    roots.set(number, root);
    next = await nextLine();
    return null;
  }

  return {
    roots,
    async hear({ seq, leaf }) {
      const { number, firstSeq } = segmentOf(seq);
      const wrong = current === null || number === current ? null : await close(current);
      if (number !== current) inside = new Map();
      current = number;
      inside.set(seq - firstSeq, leaf);
      return wrong;
    },
    async end() {
      const wrong = current === null ? null : await close(current);
      if (wrong !== null) return wrong;
      if (next !== 'none') return `${name} holds more than belongs to it`;
      const sum = file.sum();
      if (roots.size !== count || sum.bytes !== bytes || sum.sha256 !== expected) return `${name} is not as it was written: its sum is another`;
      return null;
    },
  };
}

interface Certified {
  readonly certificate: SignedCheckpoint;
  readonly manifest: ArchiveManifest;
  readonly roots: Roots;
}

function wrongAboutCertificate({ sha256, checkSignature, signed }: ArchiveCheck, { certificate, manifest, roots }: Certified): string | null {
  if (checkSignature(certificate) !== 'good') return 'the certificate is not signed with a key that is trusted';
  const read = certificateSchema.safeParse(JSON.parse(certificate.body));
  if (!read.success || read.data.tenant !== manifest.tenant || read.data.run !== manifest.run) return 'the certificate is of another run';
  const { archive, plan_hash: planHash, removed, removed_sha256: removedSha256, segments } = read.data;
  if (planHash !== manifest.plan_hash || archive?.manifest_sha256 !== bytesToHex(sha256(utf8ToBytes(signed.body)))) return 'the certificate was signed for another archive';
  if (removed > manifest.rows) return 'more was removed than is archived';
  if (removed === manifest.rows && removedSha256 !== manifest.seqs_sha256 && removed > 0) return 'others were removed than are archived';
  for (const { number, root } of segments) {
    const found = roots.get(number);
    if (found === undefined && segmentNumbered(number).lastSeq > manifest.as_of_seq) continue;
    if (found === undefined || bytesToHex(found) !== root) return `the leaves of the segment ${String(number)} do not lead to the root that the certificate names`;
  }
  return null;
}

/** Of a certificate what an archive is compared with. */
const certificateSchema = z.object({
  type: z.literal('holdfast.retention-certificate'),
  tenant: z.string(),
  run: z.string(),
  plan_hash: z.string(),
  removed: z.int(),
  removed_sha256: z.string(),
  archive: z.object({ entries: z.int(), manifest_sha256: z.string() }).nullable(),
  segments: z.array(z.object({ number: z.int(), root: z.string() })),
});
