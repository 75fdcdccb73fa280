// The time of a report has come: its saved query, as it is now, becomes an export, once for each time.
import type { AuditExport } from '../../domain/export/export.schema.ts';
import type { ReportOutcome } from '../../domain/export/report.schema.ts';
import { savedFilter } from '../../domain/filter/saved-query.schema.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { Clock } from '../../domain/shared/clock.ts';
import type { Ids } from '../../domain/shared/ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Ask } from '../access/ask.ts';
import type { Effect } from '../effect-frame.ts';
import { closeGate } from '../held/gate.ts';
import { findJob } from '../job/jobs.ts';
import { createPlainEffects } from '../plain-effect.ts';
import type { Pool } from '../pool.ts';
import { detailsOf, insertExport, toSelection } from './create-export.ts';
import { findExport } from './export-rows.ts';
import { findReport } from './report-rows.ts';
import type { StoredReport } from './report-rows.ts';
import { fixSelection } from './selection.ts';

export interface ReportWorld {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface ReportJob {
  readonly tenantId: string;
  readonly jobId: string;
}

export async function makeReport({ pool, clock, ids }: ReportWorld, { tenantId, jobId }: ReportJob): Promise<ReportOutcome> {
  const made = await createPlainEffects({ pool }).run<ReportOutcome>(tenantId, async (ask): Promise<Effect<ReportOutcome>> => {
    await closeGate(ask, tenantId);
    // Of this time: asked again, it is found.
    const exportId = `${jobId}R`;
    if ((await findExport(ask, { tenantId, exportId })) !== null) return { result: { outcome: 'made', export_id: exportId }, entries: [] };
    const job = await findJob(ask, { tenantId, id: jobId });
    if (job === null) throw new Error(`there is no job ${jobId}`);
    const report = await findReport(ask, { tenantId, reportId: job.subject });
    if (report?.enabled !== true) return { result: { outcome: 'ended' }, entries: [] };
    const nowMs = clock.nowMs();
    const about = { id: ids.next(), nowMs, actor: null, requestId: null };
    const filter = await readQuery(ask, tenantId, report);
    if (filter === null) {
      const details = { report_id: report.id, report_name: report.name, outcome: 'failed', reason: 'its saved query is gone', saved_query_id: report.saved_query_id };
      const outcome = { outcome: 'failure', code: 'REPORT_COMPLETE_ERROR' } as const;
      return { result: { outcome: 'query_gone' }, entries: [ownEntry({ ...about, ownAction: 'complete_report', resourceType: 'report', resourceId: report.id, resourceName: report.name, targetUserId: report.created_by, details, outcome })] };
    }
    const asked = toSelection(filter, 'saved_query_id.');
    if (isRefusal(asked)) throw new Error(asked.message);
    const written: AuditExport = await insertExport(ask, {
      tenantId,
      exportId,
      format: report.format,
      compress: report.compress,
      columns: report.columns,
      filter: asked.filter,
      selection: await fixSelection(ask, { tenantId, ...asked.selection }),
      savedQueryId: report.saved_query_id,
      reportId: report.id,
      requestedBy: report.created_by,
      keepDays: report.keep_days,
      now: formatInstant(nowMs * 1000),
    });
    const entry = ownEntry({ ...about, ownAction: 'create_export', resourceType: 'export', resourceId: exportId, details: detailsOf(written) });
    return { result: { outcome: 'made', export_id: exportId }, entries: [entry] };
  });
  if (isRefusal(made)) throw new Error(made.message);
  return made;
}

/** Null when it is gone, or is not shared with whoever made the report any more. */
async function readQuery(ask: Ask, tenantId: string, { saved_query_id: id, created_by: by }: StoredReport) {
  const [row] = await ask<{ filter: unknown }>({
    name: 'query-of-report',
    text: 'SELECT filter FROM saved_query WHERE tenant_id = $1 AND id = $2 AND (shared OR created_by = $3)',
    values: [tenantId, id, by],
  });
  return row === undefined ? null : savedFilter.parse(row.filter);
}
