// The end of an export: completed with its signed manifest, failed with the reason, or expired; each with its entry, once.
import { manifestBody } from '../../domain/export/manifest.ts';
import type { AuditExport } from '../../domain/export/export.schema.ts';
import type { ManifestPart } from '../../domain/export/manifest.ts';
import { partName } from '../../domain/export/part-names.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import type { JsonObject } from '../../domain/shared/json.ts';
import type { Ask } from '../access/ask.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Effect } from '../effect-frame.ts';
import { createPlainEffects } from '../plain-effect.ts';
import type { Pool } from '../pool.ts';
import { lockClaimed } from './carry-export.ts';
import type { Claim, Step } from './carry-export.ts';
import { detailsOf } from './create-export.ts';
import { findExport, formOf } from './export-rows.ts';
import type { ExportRef } from './export-rows.ts';

export interface EndingWorld {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signer: { readonly key: { readonly keyId: string }; sign(text: string): Uint8Array };
}

const dayMs = 86_400_000;

/** Of an export whose parts are all written. */
export async function completeExport({ pool, clock, ids, signer }: EndingWorld, claim: Claim): Promise<Step> {
  const { tenantId, exportId } = claim;
  return effect(pool, tenantId, async (ask) => {
    const step = await lockClaimed(ask, claim);
    if (step !== 'done') return { result: step, entries: [] };
    const made = await findExport(ask, claim);
    const [more] = await ask<{ epoch: string; keep_days: number; missing: boolean }>({
      name: 'facts-of-export',
      text: `SELECT l.epoch, x.keep_days, x.parts IS DISTINCT FROM x.planned_parts AS missing FROM audit_export x JOIN tenant_log l ON l.tenant_id = x.tenant_id WHERE x.tenant_id = $1 AND x.id = $2`,
      values: [tenantId, exportId],
    });
    if (made === null || more === undefined || more.missing) throw new Error(`export ${exportId} has parts that are not written`);
    const nowMs = clock.nowMs();
    const { keyId } = signer.key;
    const form = formOf(made);
    const body = manifestBody({
      tenant: tenantId,
      exportId,
      ...form,
      columns: made.columns,
      filter: made.filter as JsonObject,
      asOfSeq: made.as_of_seq,
      epoch: more.epoch,
      rows: made.progress.rows,
      parts: await partsOf(ask, claim, (number) => partName(number, form)),
      requestedBy: made.requested_by,
      createdAt: made.created_at,
      signedAt: formatInstant(nowMs * 1000),
      keyId,
    });
    await ask({
      name: 'complete-export',
      text: `UPDATE audit_export SET state = 'completed', finished_at = $3, expires_at = $4, manifest = $5, key_id = $6, signature = $7 WHERE tenant_id = $1 AND id = $2`,
      values: [tenantId, exportId, formatInstant(nowMs * 1000), formatInstant((nowMs + more.keep_days * dayMs) * 1000), body, keyId, Buffer.from(signer.sign(body))],
    });
    const { rows, bytes, parts } = made.progress;
    const details = { ...detailsOf(made), outcome: 'completed', rows, bytes, parts };
    const about = { id: ids.next(), nowMs, actor: null, requestId: null };
    const told = ownEntry({ ...about, ownAction: 'complete_export', resourceType: 'export', resourceId: exportId, details });
    const report = await reportOf(ask, tenantId, made);
    if (report === null) return { result: 'done', entries: [told] };
    const news = { report_name: report.resourceName, export_id: exportId, outcome: 'completed', rows, bytes, expires_at: formatInstant((nowMs + more.keep_days * dayMs) * 1000) };
    return { result: 'done', entries: [told, ownEntry({ ...about, id: ids.next(), ownAction: 'complete_report', ...report, details: news })] };
  });
}

/** By whoever has it in hand; one that has ended, or is somebody else's by now, stays as it is. */
export async function failExport({ pool, clock, ids }: Pick<EndingWorld, 'pool' | 'clock' | 'ids'>, { tenantId, exportId, fence }: Claim, reason: string): Promise<void> {
  await effect(pool, tenantId, async (ask) => {
    const nowMs = clock.nowMs();
    const changed = await ask({
      name: 'fail-export',
      text: `UPDATE audit_export SET state = 'failed', finished_at = $3, error = $4 WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND fence = $5 RETURNING id`,
      values: [tenantId, exportId, formatInstant(nowMs * 1000), reason, fence],
    });
    const made = changed.length === 0 ? null : await findExport(ask, { tenantId, exportId });
    if (made === null) return { result: null, entries: [] };
    const details = { ...detailsOf(made), outcome: 'failed', reason, rows: made.progress.rows, parts: made.progress.parts };
    const about = { id: ids.next(), nowMs, actor: null, requestId: null };
    const told = ownEntry({ ...about, ownAction: 'complete_export', resourceType: 'export', resourceId: exportId, details, outcome: { outcome: 'failure', code: 'EXPORT_COMPLETE_ERROR' } });
    const report = await reportOf(ask, tenantId, made);
    if (report === null) return { result: null, entries: [told] };
    const news = { report_name: report.resourceName, export_id: exportId, outcome: 'failed', reason };
    return { result: null, entries: [told, ownEntry({ ...about, id: ids.next(), ownAction: 'complete_report', ...report, details: news, outcome: { outcome: 'failure', code: 'REPORT_COMPLETE_ERROR' } })] };
  });
}

/** From the answer on nobody fetches a file of it; the files themselves are for others to remove. */
export async function expireExport({ pool, clock, ids }: Pick<EndingWorld, 'pool' | 'clock' | 'ids'>, { tenantId, exportId }: ExportRef): Promise<void> {
  await effect(pool, tenantId, async (ask) => {
    const nowMs = clock.nowMs();
    const changed = await ask<{ parts: number; bytes: string }>({
      name: 'expire-export',
      text: `UPDATE audit_export SET state = 'expired' WHERE tenant_id = $1 AND id = $2 AND state = 'completed' AND expires_at <= $3 RETURNING parts, bytes`,
      values: [tenantId, exportId, formatInstant(nowMs * 1000)],
    });
    const entries = changed.map(({ parts, bytes }) =>
      ownEntry({ id: ids.next(), nowMs, ownAction: 'expire_export', actor: null, requestId: null, resourceType: 'export', resourceId: exportId, details: { parts, bytes: Number(bytes) } }),
    );
    return { result: null, entries };
  });
}

async function effect<T>(pool: Pool, tenantId: string, work: (ask: Ask) => Promise<Effect<T>>): Promise<T> {
  const result = await createPlainEffects({ pool }).run(tenantId, work);
  if (isRefusal(result)) throw new Error(result.message);
  return result;
}

interface AboutReport {
  readonly resourceType: 'report';
  readonly resourceId: string;
  readonly resourceName: string;
  readonly targetUserId: string;
}

/** Null for an export that somebody asked for. One whose report was ended is told of by what is left of its name. */
async function reportOf(ask: Ask, tenantId: string, { report_id: reportId, requested_by: by }: AuditExport): Promise<AboutReport | null> {
  if (reportId === null) return null;
  const [row] = await ask<{ name: string }>({ name: 'report-of-export', text: 'SELECT name FROM audit_report WHERE tenant_id = $1 AND id = $2', values: [tenantId, reportId] });
  return { resourceType: 'report', resourceId: reportId, resourceName: row?.name ?? reportId, targetUserId: by };
}

async function partsOf(ask: Ask, { tenantId, exportId }: ExportRef, nameOf: (number: number) => string): Promise<ManifestPart[]> {
  const rows = await ask<{ number: number; rows: string; bytes: string; sha256: string }>({
    name: 'parts-of-export',
    text: 'SELECT number, rows, bytes, sha256 FROM audit_export_part WHERE tenant_id = $1 AND export_id = $2 ORDER BY number',
    values: [tenantId, exportId],
  });
  return rows.map(({ number, rows: count, bytes, sha256 }) => ({ name: nameOf(number), rows: Number(count), bytes: Number(bytes), sha256 }));
}
