// /api/v1/enterprise/audit/exports: exports asked for, listed, read, cancelled.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { cancelExport } from '../../../db/export/cancel-export.ts';
import { createExport } from '../../../db/export/create-export.ts';
import { findExport, listExports } from '../../../db/export/export-rows.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { auditExport, exportStates, exportWish } from '../../../domain/export/export.schema.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';

export const exportCollection = '/api/v1/enterprise/audit/exports';
const tag = 'export';
/** Whoever may search the audit log may take it along. */
export const mayExport = { anyScope: ['compliance:manage', 'audit:read'] } as const;
export const exportId = z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'expected the id of an export');

export const createExportRoute = defineRoute({
  method: 'POST',
  path: exportCollection,
  summary: 'Ask for an export of the audit log',
  description:
    'The log as far as it is now, by a filter or a saved query, in the order of the log. It is written by a job into files that stand for themselves; a signed manifest names them. ' +
    'What it still has to read is kept from retention. In CSV, texts that a spreadsheet would take for formulas begin with an apostrophe.',
  tag,
  access: mayExport,
  cost: costs.search,
  ownAction: { action: 'create_export', resource: () => null },
  body: exportWish,
  reply: auditExport,
  status: 202,
  refusals: ['FORBIDDEN', 'TOO_BUSY'],
  async handle({ body, principal, requestId }, world) {
    const made = await createExport(world, { principal, requestId }, body);
    // Sooner than the reconciler would.
    if (!isRefusal(made)) world.jobStarter.startSoon({ tenantId: principal.tenantId, id: made.id, kind: 'audit_export', scheduledFor: null });
    return made;
  },
});

export const listExportsRoute = defineRoute({
  method: 'GET',
  path: exportCollection,
  summary: 'List exports, the newest first',
  tag,
  access: mayExport,
  cost: costs.list,
  query: z.strictObject({
    ...listQuery.shape,
    state: z.enum(exportStates).optional(),
    report_id: z.string().min(1).max(64).optional().describe('Only those that this scheduled report made.'),
  }),
  reply: z.strictObject({ exports: z.array(auditExport), ...pageFields }),
  refusals: ['CURSOR_INVALID'],
  async handle({ query, principal: { tenantId } }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const { state = null, report_id: reportId = null } = query;
    const page = await inTenant(world.pool, tenantId, (client) => listExports(asking(client), { tenantId, state, reportId, ...asked }));
    return { exports: [...page.rows], ...pageShown(page, query) };
  },
});

export const readExportRoute = defineRoute({
  method: 'GET',
  path: `${exportCollection}/{id}`,
  summary: 'Read an export and how far it has come',
  tag,
  access: mayExport,
  params: z.strictObject({ id: exportId }),
  reply: auditExport,
  refusals: ['NOT_FOUND'],
  async handle({ params: { id }, principal: { tenantId } }, world) {
    return (await inTenant(world.pool, tenantId, (client) => findExport(asking(client), { tenantId, exportId: id }))) ?? refuse('NOT_FOUND');
  },
});

export const cancelExportRoute = defineRoute({
  method: 'POST',
  path: `${exportCollection}/{id}/cancel`,
  summary: 'Cancel an export: its files are removed',
  description: 'By whoever asked for it, or by whoever manages compliance.',
  tag,
  access: mayExport,
  ownAction: { action: 'cancel_export' },
  params: z.strictObject({ id: exportId }),
  reply: auditExport,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND'],
  handle: ({ params: { id }, principal, requestId }, world) => cancelExport(world, { principal, requestId }, id),
});
