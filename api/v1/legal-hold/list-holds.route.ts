// GET /api/v1/enterprise/legal-holds: the holds of the tenant, the newest first.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { listHolds } from '../../../db/legal-hold/hold-rows.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { hold } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';

export const listHoldsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/legal-holds',
  summary: 'List legal holds, the newest first',
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  cost: costs.list,
  query: z.strictObject({ ...listQuery.shape, state: z.enum(['active', 'released']).optional(), matter_id: z.string().min(1).max(128).optional() }),
  reply: z.strictObject({ holds: z.array(hold), ...pageFields }),
  refusals: ['CURSOR_INVALID'],
  async handle({ query, principal: { tenantId } }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const wanted = { tenantId, state: query.state ?? null, matterId: query.matter_id ?? null, ...asked };
    const page = await inTenant(world.pool, tenantId, (client) => listHolds(asking(client), wanted));
    return { holds: [...page.rows], ...pageShown(page, query) };
  },
});
