// Makes, changes and ends scheduled reports, each with its entry and its schedule.
import { may } from '../../domain/access/may.ts';
import { mostReports } from '../../domain/export/limits.ts';
import type { AuditReport, ReportChange, ReportWish } from '../../domain/export/report.schema.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { OwnActionName } from '../../domain/own-action/own-actions.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import { putSchedule, removeSchedule } from '../job/schedules.ts';
import type { Em } from '../orm.ts';
import { askedSelection } from './create-export.ts';
import type { ExportAsker, ExportWorld } from './create-export.ts';
import { countReports, findReport, removeReport, writeReport } from './report-rows.ts';
import type { StoredReport } from './report-rows.ts';

export function createReport(world: ExportWorld, asker: ExportAsker, wish: ReportWish): Promise<AuditReport | Refusal> {
  const { tenantId, userId } = asker.principal;
  return write(world, asker, async ({ em, ask, now }) => {
    if ((await countReports(ask, tenantId)) >= mostReports) return refuse('CONFLICT', { message: `At most ${String(mostReports)} reports stand side by side.` });
    const known = await askedSelection(em, { principal: asker.principal, wish: { filter: undefined, saved_query_id: wish.saved_query_id } });
    if (isRefusal(known)) return known;
    const reportId = world.ids.next();
    await writeReport(ask, { tenantId, reportId, state: wish, by: userId, now });
    await putSchedule(ask, { tenantId, kind: 'audit_report', subject: reportId, cron: wish.schedule, paused: !wish.enabled, now });
    return { report: await written(ask, { tenantId, reportId }), action: 'create_report' };
  });
}

/** It goes on to act for whoever made it: by their private queries, too. */
export function changeReport(world: ExportWorld, asker: ExportAsker, { reportId, change }: { reportId: string; change: ReportChange }): Promise<AuditReport | Refusal> {
  const { tenantId } = asker.principal;
  return write(world, asker, async ({ em, ask, now }) => {
    const before = await findReport(ask, { tenantId, reportId });
    if (before === null) return refuse('NOT_FOUND');
    const state: ReportWish = { ...stateOf(before), ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) };
    if (JSON.stringify(state) === JSON.stringify(stateOf(before))) return { report: before, action: null };
    if (state.saved_query_id !== before.saved_query_id) {
      const known = await askedSelection(em, { principal: { tenantId, userId: before.created_by }, wish: { filter: undefined, saved_query_id: state.saved_query_id } });
      if (isRefusal(known)) return known;
    }
    await writeReport(ask, { tenantId, reportId, state, by: before.created_by, now });
    await putSchedule(ask, { tenantId, kind: 'audit_report', subject: reportId, cron: state.schedule, paused: !state.enabled, now });
    return { report: await written(ask, { tenantId, reportId }), action: 'update_report' };
  });
}

/** What it made is kept as long as was said. */
export async function deleteReport(world: ExportWorld, asker: ExportAsker, reportId: string): Promise<null | Refusal> {
  const { tenantId } = asker.principal;
  const ended = await write(world, asker, async ({ ask }) => {
    const report = await findReport(ask, { tenantId, reportId });
    if (report === null) return refuse('NOT_FOUND');
    await removeReport(ask, { tenantId, reportId });
    await removeSchedule(ask, { tenantId, kind: 'audit_report', subject: reportId });
    return { report, action: 'delete_report' };
  });
  return isRefusal(ended) ? ended : null;
}

interface Writing {
  readonly em: Em;
  readonly ask: Ask;
  readonly now: string;
}

interface Written {
  readonly report: StoredReport;
  readonly action: OwnActionName | null;
}

function write({ effects, clock, ids }: ExportWorld, { principal, requestId }: ExportAsker, work: (writing: Writing) => Promise<Written | Refusal>): Promise<AuditReport | Refusal> {
  const { tenantId } = principal;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    const asker = await readAsker(ask, principal);
    if (!may({ asker, deed: 'manage-compliance', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    const nowMs = clock.nowMs();
    const done = await work({ em, ask, now: formatInstant(nowMs * 1000) });
    if (isRefusal(done)) return done;
    const { report, action } = done;
    if (action === null) return { result: report, entries: [] };
    const { id, name, last_export_id: _, created_by: __, created_at: ___, updated_at: ____, ...said } = report;
    const entry = ownEntry({ id: ids.next(), nowMs, ownAction: action, actor: principal, requestId, resourceType: 'report', resourceId: id, resourceName: name, details: { report_name: name, ...said } });
    return { result: report, entries: [entry] };
  });
}

function stateOf({ name, saved_query_id, format, columns, compress, schedule, enabled, keep_days }: StoredReport): ReportWish {
  return { name, saved_query_id, format, columns, compress, schedule, enabled, keep_days };
}

async function written(ask: Ask, ref: { tenantId: string; reportId: string }): Promise<StoredReport> {
  const report = await findReport(ask, ref);
  if (report === null) throw new Error('what was written is not there');
  return report;
}
