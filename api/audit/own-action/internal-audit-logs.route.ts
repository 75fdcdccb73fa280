// GET /api/internal-audit-logs: what administrators did through our doors, what failed and what was refused to them.
import { z } from 'zod';
import { mayReadLog } from '../../../db/own-action/may-read-log.ts';
import { readInternalLog } from '../../../db/own-action/read-internal-log.ts';
import type { InternalLogItem } from '../../../db/own-action/read-internal-log.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { defineRoute } from '../../route/define-route.ts';
import { auditDialect } from '../audit-dialect.ts';
import { fromInstant, limitOf, pageQuery, shortText, throughInstant } from '../log-query.ts';

const decisions = ['permit', 'forbid'] as const;
const outcomeStatuses = ['success', 'failed', 'denied_before_action'] as const;

const item = z.strictObject({
  id: z.int(),
  request_id: z.string().nullable(),
  dashboard_user_id: z.string().nullable(),
  dashboard_user_role: z.string().nullable(),
  action: z.string(),
  resource_type: z.string(),
  resource_id: z.string().nullable(),
  decision: z.enum(decisions),
  outcome_status: z.enum(outcomeStatuses),
  outcome_code: z.string(),
  request_method: z.string().nullable(),
  request_path: z.string().nullable(),
  request_timestamp: z.string(),
  auth_duration_ms: z.number().nullable(),
  action_duration_ms: z.number().nullable(),
});

export const internalAuditLogs = defineRoute({
  method: 'GET',
  path: '/api/internal-audit-logs',
  summary: 'List what administrators did',
  description:
    'The newest first. Actions that failed or were refused are listed too. `search` looks in the user, the action, the resource and the request. Looking at this list is itself recorded, and never delivered live.',
  tag: 'audit',
  access: { anyScope: ['audit:read'] },
  dialect: auditDialect({ failureCode: 'INTERNAL_AUDIT_QUERY_ERROR' }),
  ownAction: { action: 'view_internal_audit', resource: () => null },
  cost: costs.search,
  query: z.strictObject({
    search: shortText.optional(),
    decision: z.enum(decisions, 'expected permit or forbid').optional(),
    outcomeStatus: z.enum(outcomeStatuses, `expected ${outcomeStatuses.join(', ')}`).optional(),
    userId: shortText.optional(),
    action: shortText.optional(),
    resourceType: shortText.optional(),
    from: fromInstant,
    to: throughInstant,
    limit: limitOf(),
    ...pageQuery,
  }),
  reply: z.strictObject({ items: z.array(item), total: z.int() }),
  refusals: ['FORBIDDEN'],
  async handle({ query, principal }, { pool }) {
    if (!(await mayReadLog(pool, principal))) return refuse('FORBIDDEN');
    const { limit = 20, offset = 0, sortOrder = 'desc', ...filter } = query;
    const { items, total } = await readInternalLog(pool, { ...filter, limit, offset, sortOrder, tenantId: principal.tenantId });
    return { items: items.map(show), total };
  },
});

function show(one: InternalLogItem): z.output<typeof item> {
  const { method, path, role, auth_ms: authMs, action_ms: actionMs } = one.request;
  return {
    id: one.seq,
    request_id: one.requestId,
    dashboard_user_id: one.userId,
    dashboard_user_role: role ?? null,
    action: one.action,
    resource_type: one.resourceType,
    resource_id: one.resourceId,
    decision: one.decision,
    outcome_status: one.outcomeStatus,
    outcome_code: one.outcomeCode,
    request_method: method ?? null,
    request_path: path ?? null,
    request_timestamp: one.time,
    auth_duration_ms: authMs ?? null,
    action_duration_ms: actionMs ?? null,
  };
}
