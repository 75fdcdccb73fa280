// GET /current/websocket/auth/{profile_id}: a token for the activity socket of one profile.
import { z } from 'zod';
import { producerId } from '../../../domain/shared/ids.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { currentDialect } from '../current-dialect.ts';
import { lookAtProfile } from './may-watch.ts';
import { tokenAnswer, tokenReply } from './token-reply.ts';

export const websocketAuth = defineRoute({
  method: 'GET',
  path: '/current/websocket/auth/{profile_id}',
  summary: 'Get a token for the activity socket of a profile',
  description: 'For the caller’s own profile (unless the token is limited to others), or an org, workspace or share that the caller sees. It ends with the session at the latest.',
  tag: 'live',
  access: 'signed-in',
  dialect: currentDialect,
  params: z.strictObject({ profile_id: producerId }),
  reply: tokenReply,
  refusals: ['VALIDATION_FAILED'],
  async handle({ params: { profile_id: profileId }, principal }, world) {
    // A token that is limited to profiles does not reach its user's own.
    const isOwn = profileId === principal.userId && principal.entities === null;
    if (!isOwn && !(await lookAtProfile(profileId, principal, world)).isSeen)
      return refuse('VALIDATION_FAILED', { message: 'profile_id: expected a profile that you see' });
    return tokenAnswer(await world.liveTokens.make({ scope: 'websocket', profileId, principal }));
  },
});

export const websocketAuthWithoutProfile = defineRoute({
  method: 'GET',
  path: '/current/websocket/auth',
  summary: 'Refuses: the profile is missing',
  tag: 'live',
  access: 'signed-in',
  dialect: currentDialect,
  reply: tokenReply,
  refusals: ['VALIDATION_FAILED'],
  handle: () => refuse('VALIDATION_FAILED', { message: 'profile_id: expected the id of a profile, but it is missing' }),
});
