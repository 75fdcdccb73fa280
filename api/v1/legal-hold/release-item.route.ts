// POST /api/v1/enterprise/legal-holds/{hold_id}/items/{item_id}/release, and the same by DELETE: a second person lifts one item.
import { z } from 'zod';
import { releaseItem } from '../../../db/legal-hold/release-hold.ts';
import { item, releaseWish } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { noContent } from '../../route/reply.ts';
import { holdId } from './place-reply.ts';

const params = z.strictObject({ hold_id: holdId, item_id: holdId });
const description = 'By somebody who neither made the hold nor placed the item. The record stays.';
const holdOf = { action: 'release_legal_hold_items', resource: ({ params: { hold_id: id } }: { params: z.output<typeof params> }) => id } as const;

export const releaseHoldItemRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/enterprise/legal-holds/{hold_id}/items/{item_id}/release',
  summary: 'Release one item of a legal hold',
  description,
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  ownAction: holdOf,
  params,
  body: releaseWish,
  reply: item,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND', 'SECOND_PERSON_REQUIRED'],
  handle: ({ params: { hold_id: id, item_id: itemId }, body: { reason }, principal, requestId }, world) =>
    releaseItem(world, { principal, requestId }, { holdId: id, itemId, reason }),
});

export const deleteHoldItemRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/enterprise/legal-holds/{hold_id}/items/{item_id}',
  summary: 'Release one item of a legal hold (the same as POST …/release)',
  description,
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  ownAction: holdOf,
  params,
  query: z.strictObject({ reason: z.string().trim().min(1).max(1_024).optional() }),
  body: releaseWish.partial().optional(),
  reply: noContent,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND', 'SECOND_PERSON_REQUIRED'],
  async handle({ params: { hold_id: id, item_id: itemId }, query, body, principal, requestId }, world) {
    const released = await releaseItem(world, { principal, requestId }, { holdId: id, itemId, reason: body?.reason ?? query.reason ?? null });
    return isRefusal(released) ? released : undefined;
  },
});
