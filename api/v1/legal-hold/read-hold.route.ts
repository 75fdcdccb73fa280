// GET /api/v1/enterprise/legal-holds/{hold_id}: one hold with its scopes.
import { z } from 'zod';
import { asking } from '../../../db/access/ask.ts';
import { findHold, itemsShown, listItems } from '../../../db/legal-hold/hold-rows.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { holdWithItems } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { holdId } from './place-reply.ts';

export const readHoldRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/legal-holds/{hold_id}',
  summary: 'Read a legal hold',
  description: `With its first ${String(itemsShown)} items; all of them are listed under /items.`,
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  params: z.strictObject({ hold_id: holdId }),
  reply: holdWithItems,
  refusals: ['NOT_FOUND'],
  handle: ({ params: { hold_id: id }, principal: { tenantId } }, world) =>
    inTenant(world.pool, tenantId, async (client) => {
      const ask = asking(client);
      const hold = await findHold(ask, { tenantId, holdId: id });
      if (hold === null) return refuse('NOT_FOUND');
      const { rows } = await listItems(ask, { tenantId, holdId: id, afterId: '', limit: itemsShown });
      return { ...hold, items: [...rows] };
    }),
});
