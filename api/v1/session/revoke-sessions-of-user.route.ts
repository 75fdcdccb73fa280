// POST /api/v1/admin/users/{id}/sessions/revoke-all: ends everything a user is signed in with.
import { z } from 'zod';
import { revokeSessionsOfUser } from '../../../db/session/revoke-sessions.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { defineRoute } from '../../route/define-route.ts';

export const revokeSessionsOfUserRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/admin/users/{id}/sessions/revoke-all',
  summary: 'Revoke all sessions of a user',
  description: 'Within a second, in every process, tokens of the user that were issued no later than `not_before` count no more, whatever their session; `revoked` sessions were listed until now.',
  tag: 'sessions',
  access: { anyScope: ['tenant:admin'] },
  ownAction: { action: 'revoke_all_sessions' },
  params: z.strictObject({ id: producerId }),
  reply: z.strictObject({ user_id: z.string(), revoked: z.int(), not_before: z.string() }),
  refusals: ['FORBIDDEN'],
  handle: ({ params: { id }, principal, requestId }, world) => revokeSessionsOfUser(world, { principal, requestId }, id),
});
