// Who stands at a live door: by bearer header, by `token`, or by a ticket. Whether they are let in today is for the hub to ask.
import { takeTicket } from '../../db/realtime/tickets.ts';
import type { TicketHolder } from '../../db/realtime/tickets.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { nonEmpty } from './door-request.ts';
import type { DoorRequest } from './door-request.ts';
import type { DoorWorld } from './live-world.ts';

export type Identified = TicketHolder;

export interface Credentials {
  readonly token: string | null;
  readonly ticket: string | null;
}

export function credentialsOf({ query, authorization }: DoorRequest): Credentials {
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  return { token: bearer ?? nonEmpty(query.get('token')), ticket: nonEmpty(query.get('ticket')) };
}

export async function identify({ token, ticket }: Credentials, { verifier, pool }: Pick<DoorWorld, 'verifier' | 'pool'>): Promise<Identified | Refusal> {
  if (token !== null) {
    const principal = await verifier.verify(token);
    return isRefusal(principal) ? principal : { principal, profileId: null };
  }
  if (ticket === null) return refuse('AUTH_TOKEN_MISSING');
  return (await takeTicket(pool, ticket)) ?? refuse('AUTH_TOKEN_INVALID', { message: 'The ticket is not valid, or was used.' });
}
