// Who stands at the Socket.IO door: a user by token or ticket, or a user with a token or ticket for one room.
import { decodeProtectedHeader } from 'jose';
import { liveTokenType } from '../../api/auth/live-tokens.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { nonEmpty } from '../wire/door-request.ts';
import { identify } from '../wire/identify.ts';
import type { DoorWorld } from '../wire/live-world.ts';

export interface IoCaller {
  readonly principal: Principal;
  /** The one room this caller may join, and nothing else; null for somebody who may whatever their rights allow. */
  readonly onlyRoomId: string | null;
}

export async function ioCaller(auth: Readonly<Record<string, unknown>>, world: DoorWorld): Promise<IoCaller | Refusal> {
  const token = textIn(auth['token']);
  if (token !== null && isLiveToken(token)) {
    const read = await world.liveTokens.read(token, 'realtime');
    if (isRefusal(read)) return refuse('AUTH_TOKEN_INVALID', { message: read.message });
    return { principal: read.principal, onlyRoomId: read.profileId };
  }
  const identified = await identify({ token, ticket: textIn(auth['ticket']) }, world);
  return isRefusal(identified) ? identified : { principal: identified.principal, onlyRoomId: identified.profileId };
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' ? nonEmpty(value) : null;
}

/** Looks at what it says of itself; whether that is true is for the check that follows. */
function isLiveToken(token: string): boolean {
  try {
    return decodeProtectedHeader(token).typ === liveTokenType;
  } catch {
    // No JWT at all: the check of users' tokens says so.
    return false;
  }
}
