// What an export has made: its manifest, and its files, whole or by ranges.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { findExport, findManifest, findPart, formOf } from '../../../db/export/export-rows.ts';
import { createPartFiles } from '../../../db/parts/part-files.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import type { AuditExport } from '../../../domain/export/export.schema.ts';
import { keepEndedDays } from '../../../domain/export/limits.ts';
import { mediaTypeOf, mediaTypes, partNumber } from '../../../domain/export/part-names.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { fileAnswer, rangeStatuses } from '../../route/file-answer.ts';
import { media } from '../../route/reply.ts';
import type { ApiWorld } from '../../world.ts';
import { exportCollection, exportId, mayExport } from './export.routes.ts';

const tag = 'export';

const manifest = z
  .strictObject({
    type: z.literal('holdfast.export-manifest'),
    version: z.int(),
    tenant: z.string(),
    export: z.string(),
    format: z.string(),
    compress: z.string().nullable(),
    columns: z.array(z.string()),
    filter: z.looseObject({}),
    as_of_seq: z.int(),
    epoch: z.string(),
    rows: z.int(),
    parts: z.array(z.strictObject({ name: z.string(), rows: z.int(), bytes: z.int(), sha256: z.string() })),
    requested_by: z.string(),
    created_at: z.string(),
    signed_at: z.string(),
    key_id: z.string(),
    signature: z.string().describe('Ed25519, in base64, over this object without it: keys sorted, no white space.'),
  })
  .meta({ id: 'ExportManifest' });

export const readManifestRoute = defineRoute({
  method: 'GET',
  path: `${exportCollection}/{id}/manifest`,
  summary: 'Fetch the signed manifest of an export',
  description: `Names every file with its size and SHA-256; the key is published under /evidence/keys. It stays for ${String(keepEndedDays)} days after the files are gone.`,
  tag,
  access: mayExport,
  ownAction: { action: 'download_export' },
  params: z.strictObject({ id: exportId }),
  reply: manifest,
  refusals: ['CONFLICT', 'NOT_FOUND'],
  async handle({ params: { id }, principal: { tenantId } }, world) {
    const ref = { tenantId, exportId: id };
    const found = await read(world, ref);
    if (found === null) return refuse('NOT_FOUND');
    const signed = await inTenant(world.pool, tenantId, (client) => findManifest(asking(client), ref));
    if (signed === null) return notReady(found);
    return { ...(JSON.parse(signed.body) as Omit<z.output<typeof manifest>, 'signature'>), signature: signed.signature };
  },
});

export const fetchFileRoute = defineRoute({
  method: 'GET',
  path: `${exportCollection}/{id}/files/{name}`,
  summary: 'Fetch a file of an export',
  description:
    'Of an export that is completed; as the manifest names it. A download that broke off goes on by `Range`, guarded by `If-Range` with the ETag. ' +
    `A file that has expired answers 410 for ${String(keepEndedDays)} days; then nothing is known of its export.`,
  tag,
  access: mayExport,
  cost: costs.download,
  ownAction: { action: 'download_export', resource: ({ params: { id } }) => id },
  params: z.strictObject({ id: exportId, name: z.string().max(64) }),
  headers: z.object({ range: z.string().max(256).optional(), 'if-range': z.string().max(256).optional() }),
  reply: media(mediaTypes.csv, mediaTypes.json, mediaTypes.ndjson, 'application/gzip'),
  otherStatuses: rangeStatuses,
  refusals: ['CONFLICT', 'FILES_EXPIRED', 'NOT_FOUND', 'UNAVAILABLE'],
  async handle({ params: { id, name }, headers, principal: { tenantId } }, world) {
    const ref = { tenantId, exportId: id };
    const found = await read(world, ref);
    if (found === null) return refuse('NOT_FOUND');
    if (found.state !== 'completed' && found.state !== 'expired') return notReady(found);
    const form = formOf(found);
    const number = partNumber(name, form);
    const part = number === null ? null : await inTenant(world.pool, tenantId, (client) => findPart(asking(client), ref, number));
    if (part === null) return refuse('NOT_FOUND');
    if (found.state === 'expired') return refuse('FILES_EXPIRED', { details: { expired_at: found.expires_at } });
    const file = await createPartFiles(world.filesDir).find({ kind: 'exports', tenantId, id }, part.file);
    // Another size is another content: the checksum that is promised would not fit.
    if (file?.bytes !== part.bytes) {
      world.log.error({ tenant: tenantId, export: id, file: part.file }, 'a file of an export is not there as it was written');
      return refuse('UNAVAILABLE', { message: 'The file is not where it was put: is this process given the folder of the installation?', retryAfterSeconds: 60 });
    }
    return fileAnswer({ part: file, name, sha256: part.sha256, mediaType: mediaTypeOf(form), range: headers.range, ifRange: headers['if-range'] });
  },
});

function read({ pool }: ApiWorld, ref: { tenantId: string; exportId: string }): Promise<AuditExport | null> {
  return inTenant(pool, ref.tenantId, (client) => findExport(asking(client), ref));
}

function notReady({ state }: AuditExport): Refusal {
  return refuse('CONFLICT', { message: `The export is ${state}.`, details: { state } });
}

