// GET /api/audit/statistics: how many decisions there were, of which kind, and what they cost.
import { z } from 'zod';
import { countDecisions } from '../../../db/decision/read-decisions.ts';
import { mayReadLog } from '../../../db/own-action/may-read-log.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { auditDialect } from '../audit-dialect.ts';
import { fromInstant, throughInstant } from '../log-query.ts';

const counts = z.record(z.string(), z.int());

export const decisionStatistics = defineRoute({
  method: 'GET',
  path: '/api/audit/statistics',
  summary: 'Count external authorization decisions',
  tag: 'audit',
  access: { anyScope: ['audit:read'] },
  dialect: auditDialect({ failureCode: 'AUDIT_STATS_ERROR' }),
  ownAction: { action: 'view_stats', resource: () => null },
  cost: costs.search,
  query: z.strictObject({ startDate: fromInstant, endDate: throughInstant }),
  reply: z.strictObject({
    data: z.strictObject({
      totalRequests: z.int(),
      allowedRequests: z.int(),
      deniedRequests: z.int(),
      totalCost: z.number(),
      byProvider: counts,
      byModel: counts,
    }),
  }),
  refusals: ['FORBIDDEN'],
  async handle({ query, principal }, { pool }) {
    if (!(await mayReadLog(pool, principal))) return refuse('FORBIDDEN');
    const { total, allowed, denied, cost, byProvider, byModel } = await countDecisions(pool, { ...query, tenantId: principal.tenantId });
    return { data: { totalRequests: total, allowedRequests: allowed, deniedRequests: denied, totalCost: cost, byProvider, byModel } };
  },
});
