// POST /api/v1/enterprise/audit/exports/stream: a small export as the answer itself.
import { Readable } from 'node:stream';
import { streamExport } from '../../../db/export/stream-export.ts';
import type { StreamedExport } from '../../../db/export/stream-export.ts';
import { streamWish } from '../../../domain/export/export.schema.ts';
import { mostStreamedRows } from '../../../domain/export/limits.ts';
import { mediaTypes } from '../../../domain/export/part-names.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { ByteStream, answer, media } from '../../route/reply.ts';
import type { ApiWorld } from '../../world.ts';
import { exportCollection, mayExport } from './export.routes.ts';

export const streamExportRoute = defineRoute({
  method: 'POST',
  path: `${exportCollection}/stream`,
  summary: 'Export a small part of the audit log at once',
  description:
    `At most ${String(mostStreamedRows)} entries, as one document in the order of the log; more of them are for a job. It is sent as fast as it is taken. ` +
    'An answer that breaks off is not whole: nothing pins its entries, and whatever fails can only cut it.',
  tag: 'export',
  access: mayExport,
  cost: costs.search,
  ownAction: { action: 'stream_export', resource: () => null },
  body: streamWish,
  reply: media(mediaTypes.csv, mediaTypes.json, mediaTypes.ndjson),
  refusals: ['FORBIDDEN'],
  async handle({ body, principal, requestId }, world) {
    const streamed = await streamExport(world, { principal, requestId }, body);
    if (isRefusal(streamed)) return streamed;
    return answer({
      headers: { 'content-type': mediaTypes[body.format], 'content-disposition': `attachment; filename="audit-${String(streamed.asOfSeq)}.${body.format}"` },
      body: new ByteStream({ bytes: null, open: () => Readable.from(toldOf(streamed, { world, tenantId: principal.tenantId })) }),
    });
  },
});

async function* toldOf({ blocks }: StreamedExport, { world, tenantId }: { world: ApiWorld; tenantId: string }): AsyncGenerator<Buffer> {
  try {
    yield* blocks;
  } catch (error) {
    world.log.error({ err: error, tenant: tenantId }, 'a streamed export broke off');
    throw error;
  }
}
