// POST /api/v1/enterprise/legal-holds: makes a hold, and places the items that come with it.
import { makeHold } from '../../../db/legal-hold/place-hold.ts';
import { holdWish, holdWithItems } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { showPlaced } from './place-reply.ts';

export const createHoldRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/enterprise/legal-holds',
  summary: 'Make a legal hold',
  description: 'With `items` they are placed at once: from this answer on nothing they select is deleted. Without items nothing is held yet.',
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  ownAction: { action: 'create_legal_hold' },
  body: holdWish,
  reply: holdWithItems,
  status: 201,
  refusals: ['CONFLICT', 'FORBIDDEN'],
  async handle({ body, principal, requestId }, world) {
    const placed = await makeHold(world, { principal, requestId }, body);
    if (isRefusal(placed)) return placed;
    const { hold, items } = await showPlaced(world, principal.tenantId, placed);
    return { ...hold, items: [...items] };
  },
});
