// GET /current/realtime/auth/validate/: for services that are shown a room's token; rights in the room are for the room to judge.
import { z } from 'zod';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { currentDialect } from '../current-dialect.ts';
import { apiVersion } from './token-reply.ts';

export const validateRealtimeToken = defineRoute({
  method: 'GET',
  path: '/current/realtime/auth/validate/',
  summary: 'Check a token for a room, and say for which',
  description: 'The bearer token is the one to be checked. Tokens of the activity socket are refused, and so is one whose session was ended or whose user is suspended. Rights in the room are looked at by the room itself.',
  tag: 'live',
  access: 'public',
  dialect: currentDialect,
  headers: z.object({ authorization: z.string().optional() }),
  reply: z.strictObject({ result: z.literal('yes'), response: z.strictObject({ room_id: z.string() }), current_api_version: z.literal(apiVersion) }),
  refusals: ['AUTH_TOKEN_MISSING', 'BAD_REQUEST', 'FORBIDDEN', 'INTERNAL'],
  async handle({ headers: { authorization } }, world) {
    if (authorization === undefined) return refuse('AUTH_TOKEN_MISSING');
    const token = bearerOf(authorization);
    if (isRefusal(token)) return token;
    const read = await world.liveTokens.read(token, 'realtime');
    if (isRefusal(read)) return read;
    const ended = await world.access.admit(read.principal);
    if (ended !== undefined) return refuse('FORBIDDEN', { message: ended.message });
    return { result: 'yes' as const, response: { room_id: read.profileId }, current_api_version: apiVersion };
  },
});

function bearerOf(authorization: string): string | Refusal {
  const [scheme = '', token = '', ...more] = authorization.trim().split(/ +/);
  if (more.length > 0 || scheme === '') return refuse('BAD_REQUEST', { message: 'The Authorization header is malformed.' });
  if (scheme.toLowerCase() !== 'bearer') return refuse('BAD_REQUEST', { message: 'The Authorization header does not use the Bearer scheme.' });
  return token === '' ? refuse('BAD_REQUEST', { message: 'No token follows Bearer.' }) : token;
}
