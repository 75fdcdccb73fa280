// POST /api/v1/enterprise/legal-holds/{hold_id}/items: places one more item of a hold.
import { z } from 'zod';
import { addItems } from '../../../db/legal-hold/place-hold.ts';
import { item, itemWish } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { holdId, showPlaced } from './place-reply.ts';

export const addHoldItemRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/enterprise/legal-holds/{hold_id}/items',
  summary: 'Place an item of a legal hold',
  description:
    'From this answer on nothing it selects is deleted, also not by a run already under way. Patterns are relative to the root of the scope, mind case, and know `*`, `?`, `**` and `{a,b}`. An item cannot be changed; taking it away is a release.',
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  ownAction: { action: 'add_legal_hold_items' },
  params: z.strictObject({ hold_id: holdId }),
  body: itemWish,
  reply: item,
  status: 201,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND'],
  async handle({ params: { hold_id: id }, body, principal, requestId }, world) {
    const placed = await addItems(world, { principal, requestId }, { holdId: id, wishes: [body] });
    if (isRefusal(placed)) return placed;
    const [shown] = (await showPlaced(world, principal.tenantId, placed)).items;
    if (shown === undefined) throw new Error('what was written is not there');
    return shown;
  },
});
