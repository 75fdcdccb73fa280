// /api/v1/enterprise/retention-runs/{run_id}/manifest and …/files/{name}: the archive of a run, to be kept and verified elsewhere.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { createPartFiles } from '../../../db/parts/part-files.ts';
import type { Pool } from '../../../db/pool.ts';
import { findSealed } from '../../../db/retention/archive-rows.ts';
import type { RunRef } from '../../../db/retention/run-rows.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import type { SignedCheckpoint } from '../../../domain/evidence/checkpoint.ts';
import { archiveFiles, readManifestBody } from '../../../domain/retention/archive-manifest.ts';
import type { ArchiveManifest } from '../../../domain/retention/archive-manifest.ts';
import { isPartName } from '../../../domain/parts/part-place.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { fileAnswer, rangeStatuses } from '../../route/file-answer.ts';
import { media } from '../../route/reply.ts';

const tag = 'retention';
const access = { anyScope: ['compliance:manage'] } as const;
const id = z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'expected the id of a run');
const file = { name: z.string(), bytes: z.int(), sha256: z.string() };

export const readManifestRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/retention-runs/{run_id}/manifest',
  summary: 'Fetch the manifest of a run that archives',
  description:
    'There once the archive is sealed; nothing is removed before. `body` is the text that was signed. Kept as manifest.json beside the files it names, it is what `npm run verify -- --archive` reads.',
  tag,
  access,
  ownAction: { action: 'download_retention_evidence' },
  params: z.strictObject({ run_id: id }),
  reply: z.strictObject({
    plan_hash: z.string(),
    as_of_seq: z.int(),
    rows: z.int(),
    parts: z.array(z.strictObject({ ...file, rows: z.int(), first_seq: z.int(), last_seq: z.int() })),
    segments: z.strictObject({ ...file, count: z.int() }),
    body: z.string(),
    key_id: z.string(),
    signature: z.string(),
  }),
  refusals: ['NOT_FOUND'],
  async handle({ params: { run_id: runId }, principal: { tenantId } }, { pool }) {
    const archive = await findArchive(pool, { tenantId, runId });
    if (archive === null) return refuse('NOT_FOUND');
    const { signed, manifest } = archive;
    const { plan_hash, as_of_seq, rows, parts, segments } = manifest;
    return { plan_hash, as_of_seq, rows, parts, segments, body: signed.body, key_id: signed.keyId, signature: Buffer.from(signed.signature).toString('base64') };
  },
});

export const readArchiveFileRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/retention-runs/{run_id}/files/{name}',
  summary: 'Fetch a file of the archive of a run',
  description: `The files that the manifest names, and ${Object.values(archiveFiles).join(', ')}. A range of bytes may be asked for.`,
  tag,
  access,
  ownAction: { action: 'download_retention_evidence' },
  params: z.strictObject({ run_id: id, name: z.string().refine(isPartName, 'expected the name of a file') }),
  headers: z.object({ range: z.string().optional(), 'if-range': z.string().optional() }),
  reply: media('application/x-ndjson', 'application/json', 'application/x-pem-file'),
  otherStatuses: rangeStatuses,
  refusals: ['NOT_FOUND'],
  async handle({ params: { run_id: runId, name }, headers, principal: { tenantId } }, { pool, filesDir }) {
    const archive = await findArchive(pool, { tenantId, runId });
    const named = archive === null ? null : fileNamed(archive.manifest, name);
    if (named === null) return refuse('NOT_FOUND');
    const part = await createPartFiles(filesDir).find({ kind: 'archives', tenantId, id: runId }, name);
    if (part === null) return refuse('NOT_FOUND');
    return fileAnswer({ part, name, ...named, range: headers.range, ifRange: headers['if-range'] });
  },
});

interface Archive {
  readonly signed: SignedCheckpoint;
  readonly manifest: ArchiveManifest;
}

/** Null until it is sealed. */
async function findArchive(pool: Pool, run: RunRef): Promise<Archive | null> {
  const signed = await inTenant(pool, run.tenantId, (client) => findSealed(asking(client), run));
  if (signed === null) return null;
  const manifest = readManifestBody(signed.body);
  if (manifest === null) throw new Error(`the manifest of the run ${run.runId} cannot be read`);
  return { signed, manifest };
}

/** Null for what does not belong to the archive, whatever lies in its folder. */
function fileNamed({ parts, segments }: ArchiveManifest, name: string): { readonly sha256: string | null; readonly mediaType: string } | null {
  if (name === archiveFiles.publicKey) return { sha256: null, mediaType: 'application/x-pem-file' };
  if (name === archiveFiles.manifest || name === archiveFiles.certificate) return { sha256: null, mediaType: 'application/json' };
  const found = [...parts, segments].find((part) => part.name === name);
  return found === undefined ? null : { sha256: found.sha256, mediaType: 'application/x-ndjson' };
}

export const archiveRoutes = [readManifestRoute, readArchiveFileRoute];
