// GET /api/v1/enterprise/audit/events: the audit log by filter, page by page.
import { z } from 'zod';
import { auditSelection } from '../../../domain/audit/audit-selection.ts';
import { filterFields } from '../../../domain/filter/filter.schema.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { queryFlag } from '../../route/query-values.ts';
import { auditPageRefusals, auditPageReply, cursorAsked, mayReadAudit, searchPage, walkFields } from './audit-page.ts';

export const listEventsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/audit/events',
  summary: 'Search the audit log',
  description:
    'Filters combine; several values separated by commas mean any of them. The pages of one walk together hold everything up to complete_through_seq of the first page, once. ' +
    'has_more says whether the walk goes on; behind its last page the cursor stands in the log: used again, it gives what came since.',
  tag: 'audit',
  access: mayReadAudit,
  cost: costs.search,
  ownAction: { action: 'view_audit_events' },
  query: z.strictObject({ ...filterFields, held: queryFlag().optional().describe('Only what is under a legal hold, or only what is not.'), ...walkFields }),
  reply: auditPageReply,
  refusals: auditPageRefusals,
  handle({ query: { cursor, limit, order, min_seq: minSeq, ...asked }, principal, signal }, world) {
    const selection = auditSelection(asked);
    if (isRefusal(selection)) return selection;
    const { tenantId } = principal;
    return searchPage({ principal, selection, order, limit, minSeq: minSeq ?? null, cursor: cursorAsked(cursor, { tenantId, world }) }, signal, world);
  },
});
