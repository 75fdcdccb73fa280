// GET /api/v1/enterprise/audit/activity: the Activity Log, what happened lately, newest first.
import { z } from 'zod';
import { activityWindows, windowMs } from '../../../domain/audit/activity-window.ts';
import { filterOf, isFrom } from '../../../domain/filter/filter.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { formatInstant } from '../../../domain/shared/instant.ts';
import { scopeTag } from '../../../domain/cursor/cursor.ts';
import { defineRoute } from '../../route/define-route.ts';
import { auditPageRefusals, auditPageReply, cursorAsked, mayReadAudit, pageFields, searchPage } from './audit-page.ts';

export const listActivityRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/audit/activity',
  summary: 'Read the Activity Log',
  description: 'The audit events of the last hour, day, week or month (30 days), newest first.',
  tag: 'audit',
  access: mayReadAudit,
  cost: costs.list,
  ownAction: { action: 'view_activity' },
  query: z.strictObject({ window: z.enum(activityWindows).default('month'), ...pageFields }),
  reply: auditPageReply,
  refusals: auditPageRefusals,
  handle({ query: { window, cursor, limit }, principal, signal }, world) {
    const { tenantId } = principal;
    // What slips out of the window while it is paged through is old by then, and no longer shown.
    const filter = filterOf([isFrom('event_time', formatInstant((world.clock.nowMs() - windowMs[window]) * 1000))]);
    return searchPage(
      {
        principal,
        selection: { filter, held: null },
        scope: scopeTag(`activity:${window}`),
        order: 'desc',
        limit,
        minSeq: null,
        cursor: cursorAsked(cursor, { tenantId, world }),
      },
      signal,
      world,
    );
  },
});
