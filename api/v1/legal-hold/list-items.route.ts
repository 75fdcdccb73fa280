// GET /api/v1/enterprise/legal-holds/{hold_id}/items: the items of a hold, released ones too.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { findHold, listItems } from '../../../db/legal-hold/hold-rows.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { item } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields, pageShown } from '../../route/list-page.ts';
import { holdId } from './place-reply.ts';

export const listHoldItemsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/legal-holds/{hold_id}/items',
  summary: 'List the items of a legal hold',
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  params: z.strictObject({ hold_id: holdId }),
  cost: costs.list,
  query: listQuery,
  reply: z.strictObject({ items: z.array(item), ...pageFields }),
  refusals: ['CURSOR_INVALID', 'NOT_FOUND'],
  async handle({ params: { hold_id: id }, query, principal: { tenantId } }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    return inTenant(world.pool, tenantId, async (client) => {
      const ask = asking(client);
      if ((await findHold(ask, { tenantId, holdId: id })) === null) return refuse('NOT_FOUND');
      const page = await listItems(ask, { tenantId, holdId: id, ...asked });
      return { items: [...page.rows], ...pageShown(page, query) };
    });
  },
});
