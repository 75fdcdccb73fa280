// POST /api/v1/auth/tickets: a ticket for one live door, so that no token need stand in an address.
import { z } from 'zod';
import { issueTicket, ticketSeconds } from '../../../db/realtime/tickets.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { defineRoute } from '../../route/define-route.ts';

export const issueLiveTicket = defineRoute({
  method: 'POST',
  path: '/api/v1/auth/tickets',
  summary: 'Get a ticket for a live door',
  description:
    'Opens any live door once (`?ticket=`, on Socket.IO `auth: {ticket}`), with the rights of the token it was asked with. ' +
    'With a profile it opens that profile alone: the activity socket shows it (else the caller’s own), Socket.IO joins its room and the realtime socket subscribes to it and to nothing else; ' +
    'doors that tell of more than one profile refuse it.',
  tag: 'live',
  access: 'signed-in',
  body: z.strictObject({ profile_id: producerId.optional() }).optional(),
  reply: z.strictObject({ ticket: z.string(), expires_in: z.number().int() }),
  status: 201,
  refusals: [],
  async handle({ body, principal }, world) {
    const ticket = await issueTicket(world.pool, { principal, profileId: body?.profile_id ?? null });
    return { ticket, expires_in: ticketSeconds };
  },
});
