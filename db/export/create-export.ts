// Somebody asks for an export: its row, its job and the entry that tells of it, in one transaction.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { ExportColumn } from '../../domain/export/columns.ts';
import type { AuditExport, ExportFormat, ExportWish } from '../../domain/export/export.schema.ts';
import { leaseHours, mostOpenExports, usualKeepDays } from '../../domain/export/limits.ts';
import { toFilter } from '../../domain/filter/filter.schema.ts';
import type { Filter } from '../../domain/filter/filter.ts';
import { savedFilter } from '../../domain/filter/saved-query.schema.ts';
import type { SavedFilter } from '../../domain/filter/saved-query.schema.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import { isRefusal, refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Effects } from '../effect.ts';
import { findSavedQuery } from '../filter/saved-queries.ts';
import { closeGate } from '../held/gate.ts';
import { addJob } from '../job/jobs.ts';
import type { Em } from '../orm.ts';
import { findExport } from './export-rows.ts';
import { fixSelection, selectionToJson } from './selection.ts';
import type { ExportSelection } from './selection.ts';

export interface ExportWorld {
  readonly effects: Effects;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface ExportAsker {
  readonly principal: Principal;
  readonly requestId: string;
}

export function createExport({ effects, clock, ids }: ExportWorld, { principal, requestId }: ExportAsker, wish: ExportWish): Promise<AuditExport | Refusal> {
  const { tenantId, userId } = principal;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    // No removal that looked for pins before this one was there goes on after it.
    await closeGate(ask, tenantId);
    const asker = await readAsker(ask, principal);
    if (!may({ asker, deed: 'read-audit', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    if ((await countOpen(ask, tenantId)) >= mostOpenExports) {
      return refuse('TOO_BUSY', { message: `${String(mostOpenExports)} exports are open already.`, retryAfterSeconds: 30 });
    }
    const asked = await askedSelection(em, { principal, wish });
    if (isRefusal(asked)) return asked;
    const nowMs = clock.nowMs();
    const exportId = ids.next();
    const written = await insertExport(ask, {
      tenantId,
      exportId,
      ...wish,
      compress: wish.compress ?? null,
      filter: asked.filter,
      selection: await fixSelection(ask, { tenantId, ...asked.selection }),
      savedQueryId: wish.saved_query_id ?? null,
      reportId: null,
      requestedBy: userId,
      keepDays: usualKeepDays,
      now: formatInstant(nowMs * 1000),
    });
    const entry = ownEntry({ id: ids.next(), nowMs, ownAction: 'create_export', actor: principal, requestId, resourceType: 'export', resourceId: exportId, details: detailsOf(written) });
    return { result: written, entries: [entry] };
  });
}

export interface AskedSelection {
  /** As it is shown, and stands in the manifest. */
  readonly filter: JsonObject;
  readonly selection: { readonly filter: Filter; readonly held: boolean | null };
}

/** The filter that is asked for, or that of the saved query as it is now. */
export async function askedSelection(em: Em, { principal, wish }: { principal: Pick<Principal, 'tenantId' | 'userId'>; wish: Pick<ExportWish, 'filter' | 'saved_query_id'> }): Promise<AskedSelection | Refusal> {
  if (wish.saved_query_id === undefined) return toSelection(wish.filter ?? {}, 'filter.');
  const saved = await findSavedQuery(em, principal, wish.saved_query_id);
  if (saved === null) return refuseFields([{ field: 'saved_query_id', expected: 'expected the id of a saved query that you may use' }]);
  return toSelection(savedFilter.parse(saved.filter), 'saved_query_id.');
}

export function toSelection(asked: SavedFilter, at: string): AskedSelection | Refusal {
  const { held, ...input } = asked;
  const filter = toFilter(input, { at });
  if (isRefusal(filter)) return filter;
  return { filter: JSON.parse(JSON.stringify(asked)) as JsonObject, selection: { filter, held: held ?? null } };
}

export interface NewExport {
  readonly tenantId: string;
  readonly exportId: string;
  readonly format: ExportFormat;
  readonly compress: 'gzip' | null;
  readonly columns: readonly ExportColumn[];
  readonly filter: JsonObject;
  readonly selection: ExportSelection;
  readonly savedQueryId: string | null;
  readonly reportId: string | null;
  readonly requestedBy: string;
  readonly keepDays: number;
  readonly now: string;
}

/** Behind the closed gate: from here on the log stays as far as the head is now. */
export async function insertExport(ask: Ask, made: NewExport): Promise<AuditExport> {
  const { tenantId, exportId, requestedBy, now } = made;
  await ask({
    name: 'insert-export',
    text: `INSERT INTO audit_export (tenant_id, id, state, format, compress, columns, filter, selection, saved_query_id, report_id, as_of_seq, requested_by, keep_days, created_at, pinned_until)
      SELECT $1, $2, 'queued', $3, $4, $5::text[], $6::jsonb, $7::jsonb, $8, $9, l.last_seq, $10, $11, $12, clock_timestamp() + make_interval(hours => ${String(leaseHours)})
      FROM tenant_log l WHERE l.tenant_id = $1`,
    values: [tenantId, exportId, made.format, made.compress, [...made.columns], JSON.stringify(made.filter), selectionToJson(made.selection), made.savedQueryId, made.reportId, requestedBy, made.keepDays, now],
  });
  await addJob(ask, { tenantId, id: exportId, kind: 'audit_export', requestedBy, now });
  const written = await findExport(ask, { tenantId, exportId });
  if (written === null) throw new Error('what was written is not there');
  return written;
}

export function detailsOf({ format, compress, columns, filter, saved_query_id: savedQueryId, report_id: reportId, as_of_seq: asOfSeq }: AuditExport): JsonObject {
  return {
    format,
    as_of_seq: asOfSeq,
    columns,
    filter: filter as JsonObject,
    ...(compress === null ? {} : { compress }),
    ...(savedQueryId === null ? {} : { saved_query_id: savedQueryId }),
    ...(reportId === null ? {} : { report_id: reportId }),
  };
}

async function countOpen(ask: Ask, tenantId: string): Promise<number> {
  const [row] = await ask<{ open: string }>({ name: 'count-open-exports', text: `SELECT count(*) AS open FROM audit_export WHERE tenant_id = $1 AND state IN ('queued', 'running')`, values: [tenantId] });
  return Number(row?.open ?? 0);
}
