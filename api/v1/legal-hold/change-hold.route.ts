// PATCH /api/v1/enterprise/legal-holds/{hold_id}: changes what is said about a hold.
import { z } from 'zod';
import { changeHold } from '../../../db/legal-hold/change-hold.ts';
import { hold, holdChange } from '../../../domain/legal-hold/legal-hold.schema.ts';
import { defineRoute } from '../../route/define-route.ts';
import { holdId } from './place-reply.ts';

export const changeHoldRoute = defineRoute({
  method: 'PATCH',
  path: '/api/v1/enterprise/legal-holds/{hold_id}',
  summary: 'Change what is said about a legal hold',
  description: 'Its items cannot be changed here: what is held stays held until somebody else releases it.',
  tag: 'legal holds',
  access: { anyScope: ['compliance:manage'] },
  ownAction: { action: 'update_legal_hold' },
  params: z.strictObject({ hold_id: holdId }),
  body: holdChange,
  reply: hold,
  refusals: ['CONFLICT', 'FORBIDDEN', 'NOT_FOUND'],
  handle: ({ params: { hold_id: id }, body, principal, requestId }, world) => changeHold(world, { principal, requestId }, { holdId: id, change: body }),
});
