// GET /api/audit: external authorization decisions, the newest first.
import { z } from 'zod';
import { readDecisions } from '../../../db/decision/read-decisions.ts';
import { mayReadLog } from '../../../db/own-action/may-read-log.ts';
import { decisionRow } from '../../../domain/decision/decision-row.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { auditDialect } from '../audit-dialect.ts';
import { fromInstant, limitOf, pageQuery, shortText, throughInstant } from '../log-query.ts';

const decisions = ['permit', 'forbid'] as const;

const row = z.strictObject({
  id: z.int(),
  request_id: z.string().nullable(),
  auth_id: z.string().nullable(),
  api_key_id: z.string().nullable(),
  user_key_id: z.string().nullable(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  action: z.string(),
  decision: z.enum(decisions),
  diagnostics: z.strictObject({ reason: z.array(z.string()), errors: z.array(z.string()) }),
  estimated_cost: z.number().nullable(),
  actual_cost: z.number().nullable(),
  input_tokens: z.number().nullable(),
  output_tokens: z.number().nullable(),
  request_time: z.string(),
  evaluation_time_ms: z.number().nullable(),
  total_time_ms: z.number().nullable(),
  ip_address: z.string().nullable(),
  created_at: z.string(),
});

export const listDecisions = defineRoute({
  method: 'GET',
  path: '/api/audit',
  summary: 'List external authorization decisions',
  description: '`search` looks in the principal, the model and the request. A column to sort by that is not known is passed over.',
  tag: 'audit',
  access: { anyScope: ['audit:read'] },
  dialect: auditDialect({ failureCode: 'AUDIT_QUERY_ERROR' }),
  ownAction: { action: 'view_audit', resource: () => null },
  cost: costs.search,
  query: z.strictObject({
    authId: shortText.optional(),
    apiKeyId: shortText.optional(),
    provider: shortText.optional(),
    model: shortText.optional(),
    decision: z.enum(decisions, 'expected permit or forbid').optional(),
    startDate: fromInstant,
    endDate: throughInstant,
    search: shortText.optional(),
    limit: limitOf(),
    ...pageQuery,
  }),
  reply: z.strictObject({ data: z.array(row), count: z.int(), total: z.int() }),
  refusals: ['FORBIDDEN'],
  async handle({ query, principal }, { pool }) {
    if (!(await mayReadLog(pool, principal))) return refuse('FORBIDDEN');
    const { limit = 10, offset = 0, sortOrder = 'desc', ...filter } = query;
    const { rows, total } = await readDecisions(pool, { ...filter, limit, offset, sortOrder, tenantId: principal.tenantId });
    return { data: rows.map(decisionRow), count: rows.length, total };
  },
});
