// POST /api/v1/admin/lockouts/{id}/unlock: an administrator ends a lockout before its time.
import { z } from 'zod';
import { lockoutId, unlockWish } from '../../../domain/lockout/lockout.schema.ts';
import { endLockout } from '../../../db/lockout/gate.ts';
import { defineRoute } from '../../route/define-route.ts';
import { gateOf } from './gate-of.ts';
import { noContent } from '../../route/reply.ts';

export const endLockoutRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/admin/lockouts/{id}/unlock',
  summary: 'End a lockout',
  tag: 'lockout',
  access: { anyScope: ['tenant:admin'] },
  ownAction: { action: 'unlock_account', resource: ({ params }) => params.id },
  params: z.strictObject({ id: lockoutId }),
  body: unlockWish,
  reply: noContent,
  refusals: ['NOT_FOUND'],
  async handle({ params: { id }, body: { reason }, principal, requestId }, world) {
    return (await endLockout(gateOf(world), { tenantId: principal.tenantId, actor: principal, requestId }, { id, reason })) ?? undefined;
  },
});
