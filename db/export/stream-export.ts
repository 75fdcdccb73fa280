// A small export, answered at once: what it holds is settled and told in the log before its first byte; read a few entries at a time, as fast as they are taken.
import { may } from '../../domain/access/may.ts';
import type { StreamWish } from '../../domain/export/export.schema.ts';
import { mostStreamedRows, streamedRowsAtOnce } from '../../domain/export/limits.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import { isRefusal, refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Pool } from '../pool.ts';
import { askedSelection } from './create-export.ts';
import type { ExportAsker, ExportWorld } from './create-export.ts';
import { planParts } from './plan-parts.ts';
import { readRowsOf } from './read-rows.ts';
import { fixSelection } from './selection.ts';
import type { ExportSelection } from './selection.ts';

export interface StreamingWorld extends ExportWorld {
  readonly pool: Pool;
  /** Not pipelined. */
  readonly copying: Pool;
}

export interface StreamedExport {
  readonly rows: number;
  readonly asOfSeq: number;
  /** Fails in its midst when entries are removed meanwhile: nothing pins them. */
  readonly blocks: AsyncGenerator<Buffer>;
}

export async function streamExport(world: StreamingWorld, asker: ExportAsker, wish: StreamWish): Promise<StreamedExport | Refusal> {
  const { pool, copying } = world;
  const { tenantId } = asker.principal;
  const settled = await settle(world, asker, wish);
  if (isRefusal(settled)) return settled;
  const { selection, asOfSeq, filter } = settled;
  const { rows, parts } = await planParts(pool, { tenantId, selection, throughSeq: asOfSeq, partRows: streamedRowsAtOnce, mostRows: mostStreamedRows });
  if (rows > mostStreamedRows) {
    const field = wish.saved_query_id === undefined ? 'filter' : 'saved_query_id';
    return refuseFields([{ field, expected: `expected a selection of at most ${String(mostStreamedRows)} entries: more of them are for a job` }]);
  }
  const details = { format: wish.format, columns: wish.columns, filter, as_of_seq: asOfSeq, rows };
  const told = await tell(world, asker, details);
  if (isRefusal(told)) return told;
  return { rows, asOfSeq, blocks: readRowsOf(copying, { tenantId, selection, format: wish.format, columns: wish.columns }, parts) };
}

interface Settled {
  readonly selection: ExportSelection;
  readonly filter: JsonObject;
  readonly asOfSeq: number;
}

function settle({ effects }: StreamingWorld, { principal }: ExportAsker, wish: StreamWish): Promise<Settled | Refusal> {
  const { tenantId } = principal;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    const asker = await readAsker(ask, principal);
    if (!may({ asker, deed: 'read-audit', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    const asked = await askedSelection(em, { principal, wish });
    if (isRefusal(asked)) return asked;
    const [head] = await ask<{ last_seq: string }>({ name: 'head-to-stream', text: 'SELECT last_seq FROM tenant_log WHERE tenant_id = $1', values: [tenantId] });
    const selection = await fixSelection(ask, { tenantId, ...asked.selection });
    return { result: { selection, filter: asked.filter, asOfSeq: Number(head?.last_seq ?? 0) }, entries: [] };
  });
}

function tell({ effects, clock, ids }: StreamingWorld, { principal, requestId }: ExportAsker, details: JsonObject): Promise<null | Refusal> {
  const nowMs = clock.nowMs();
  const entry = ownEntry({ id: ids.next(), nowMs, ownAction: 'stream_export', actor: principal, requestId, resourceType: 'export', resourceId: null, details });
  return effects.run(principal.tenantId, () => Promise.resolve({ result: null, entries: [entry] }));
}
