// POST /api/v1/admin/sessions/{id}/revoke: ends one session.
import { z } from 'zod';
import { revokeSession } from '../../../db/session/revoke-sessions.ts';
import { sessionId } from '../../../domain/session/session.schema.ts';
import { defineRoute } from '../../route/define-route.ts';

export const revokeSessionRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/admin/sessions/{id}/revoke',
  summary: 'Revoke a session',
  description: 'Its tokens are refused at every door within a second, in every process, and its live connections end as soon. Revoking what is revoked changes nothing.',
  tag: 'sessions',
  access: { anyScope: ['tenant:admin'] },
  ownAction: { action: 'revoke_session' },
  params: z.strictObject({ id: sessionId }),
  reply: z.strictObject({ id: z.string(), revoked_at: z.string() }),
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  handle: ({ params: { id }, principal, requestId }, world) => revokeSession(world, { principal, requestId }, id),
});
