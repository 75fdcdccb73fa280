// /api/v1/enterprise/audit/reports: saved queries that are exported by a schedule.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { findReport, listReports } from '../../../db/export/report-rows.ts';
import { changeReport, createReport, deleteReport } from '../../../db/export/write-report.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { auditReport, reportChange, reportWish } from '../../../domain/export/report.schema.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';
import { noContent } from '../../route/reply.ts';
import { mayExport } from './export.routes.ts';

const collection = '/api/v1/enterprise/audit/reports';
const tag = 'export';
/** A report goes on by itself: whoever may only read makes none. */
const mayManage = { anyScope: ['compliance:manage'] } as const;
const params = z.strictObject({ report_id: z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'expected the id of a report') });

export const createReportRoute = defineRoute({
  method: 'POST',
  path: collection,
  summary: 'Schedule a report',
  description: 'Whenever its time comes the saved query, as it is then, is exported; an entry tells when the result is ready. Results are exports with its `report_id`.',
  tag,
  access: mayManage,
  ownAction: { action: 'create_report', resource: () => null },
  body: reportWish,
  reply: auditReport,
  status: 201,
  refusals: ['CONFLICT', 'FORBIDDEN'],
  handle: ({ body, principal, requestId }, world) => createReport(world, { principal, requestId }, body),
});

export const listReportsRoute = defineRoute({
  method: 'GET',
  path: collection,
  summary: 'List scheduled reports',
  tag,
  access: mayExport,
  cost: costs.list,
  query: listQuery,
  reply: z.strictObject({ reports: z.array(auditReport), ...pageFields }),
  refusals: ['CURSOR_INVALID'],
  async handle({ query, principal: { tenantId } }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await inTenant(world.pool, tenantId, (client) => listReports(asking(client), { tenantId, ...asked }));
    return { reports: [...page.rows], ...pageShown(page, query) };
  },
});

export const readReportRoute = defineRoute({
  method: 'GET',
  path: `${collection}/{report_id}`,
  summary: 'Read a scheduled report',
  tag,
  access: mayExport,
  params,
  reply: auditReport,
  refusals: ['NOT_FOUND'],
  async handle({ params: { report_id: reportId }, principal: { tenantId } }, world) {
    return (await inTenant(world.pool, tenantId, (client) => findReport(asking(client), { tenantId, reportId }))) ?? refuse('NOT_FOUND');
  },
});

export const changeReportRoute = defineRoute({
  method: 'PATCH',
  path: `${collection}/{report_id}`,
  summary: 'Change a scheduled report',
  tag,
  access: mayManage,
  ownAction: { action: 'update_report' },
  params,
  body: reportChange,
  reply: auditReport,
  refusals: ['FORBIDDEN', 'NOT_FOUND'],
  handle: ({ params: { report_id: reportId }, body, principal, requestId }, world) => changeReport(world, { principal, requestId }, { reportId, change: body }),
});

export const deleteReportRoute = defineRoute({
  method: 'DELETE',
  path: `${collection}/{report_id}`,
  summary: 'End a scheduled report: its results are kept as long as was said',
  tag,
  access: mayManage,
  ownAction: { action: 'delete_report' },
  params,
  reply: noContent,
  refusals: ['FORBIDDEN', 'NOT_FOUND'],
  async handle({ params: { report_id: reportId }, principal, requestId }, world) {
    const ended = await deleteReport(world, { principal, requestId }, reportId);
    return isRefusal(ended) ? ended : undefined;
  },
});

export const reportRoutes = [createReportRoute, listReportsRoute, readReportRoute, changeReportRoute, deleteReportRoute];
