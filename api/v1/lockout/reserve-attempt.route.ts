// POST /api/v1/auth/attempts: may somebody try to sign in now? Asked before the password is looked at.
import { attemptWish, reservation } from '../../../domain/lockout/lockout.schema.ts';
import { formatInstant } from '../../../domain/shared/instant.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { reserveAttempt } from '../../../db/lockout/gate.ts';
import { defineRoute } from '../../route/define-route.ts';
import { gateOf } from './gate-of.ts';
import { answer } from '../../route/reply.ts';

export const reserveAttemptRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/auth/attempts',
  summary: 'Reserve an attempt to sign in',
  description:
    'Counted are the attempts of one account from one address (IPv6 by /64) that are open or failed within the window. ' +
    'Report the outcome within 60 seconds: an attempt nobody reports counts as a failure.',
  tag: 'lockout',
  access: { anyScope: ['events:write'] },
  limit: 'sign-in',
  body: attemptWish,
  reply: reservation,
  otherStatuses: { 423: 'Too many attempts are open or failed: come back at `blocked_until`.' },
  refusals: [],
  async handle({ body: { account, ip_address: address }, principal, requestId }, world) {
    const reserved = await reserveAttempt(gateOf(world), { tenantId: principal.tenantId, actor: principal, requestId }, { account, address });
    if (isRefusal(reserved)) return reserved;
    return reserved.allowed
      ? answer({ status: 200, body: { attempt_id: reserved.attemptId, allowed: true as const, remaining: reserved.remaining } })
      : answer({ status: 423, body: { allowed: false as const, blocked_until: formatInstant(reserved.blockedUntil) } });
  },
});
