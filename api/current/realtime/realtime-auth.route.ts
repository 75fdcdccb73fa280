// GET /current/realtime/auth/{room_id}: a token for one room, a workspace or a share.
import { z } from 'zod';
import { producerId } from '../../../domain/shared/ids.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { currentDialect } from '../current-dialect.ts';
import { lookAtProfile } from './may-watch.ts';
import { tokenAnswer, tokenReply } from './token-reply.ts';

export const realtimeAuth = defineRoute({
  method: 'GET',
  path: '/current/realtime/auth/{room_id}',
  summary: 'Get a token for one room',
  description: 'A room is a workspace or a share with multiplayer that the caller sees. The token joins it on Socket.IO, and nothing else.',
  tag: 'live',
  access: 'signed-in',
  dialect: currentDialect,
  params: z.strictObject({ room_id: producerId }),
  reply: tokenReply,
  refusals: ['VALIDATION_FAILED', 'FORBIDDEN'],
  limit: 'none',
  async handle({ params: { room_id: roomId }, principal }, world) {
    const { profile, isSeen } = await lookAtProfile(roomId, principal, world);
    if (profile === null || profile.type === 'org') return refuse('VALIDATION_FAILED', { message: 'room_id: expected the id of a workspace or a share' });
    if (!isSeen || !profile.multiplayer) return refuse('FORBIDDEN', { message: 'The room is not open to you.' });
    return tokenAnswer(await world.liveTokens.make({ scope: 'realtime', profileId: roomId, principal }));
  },
});

export const realtimeAuthWithoutRoom = defineRoute({
  method: 'GET',
  path: '/current/realtime/auth',
  summary: 'Refuses: the room is missing',
  tag: 'live',
  access: 'signed-in',
  dialect: currentDialect,
  reply: tokenReply,
  refusals: ['VALIDATION_FAILED'],
  limit: 'none',
  handle: () => refuse('VALIDATION_FAILED', { message: 'room_id: expected the id of a room, but it is missing' }),
});
