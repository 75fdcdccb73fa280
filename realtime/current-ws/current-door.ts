// ws /api/websocket/: the activity of one profile, for which the token or ticket was made.
import { readProfileKind } from '../../db/access/profile-kind.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { isLive } from '../../domain/own-action/own-entry-facts.ts';
import { doorPages } from '../hub/door-pages.ts';
import { profileRoom } from '../hub/room.ts';
import type { Room } from '../hub/room.ts';
import { nonEmpty } from '../wire/door-request.ts';
import type { DoorRequest } from '../wire/door-request.ts';
import { credentialsOf, identify } from '../wire/identify.ts';
import type { Identified } from '../wire/identify.ts';
import type { DoorWorld } from '../wire/live-world.ts';
import type { WebSocketDoor } from '../wire/web-socket-door.ts';
import { currentSays, profileFrames, uploadFrames, uploadKeys } from './current-frames.ts';

export function createCurrentDoor(world: Pick<DoorWorld, 'pool' | 'liveTokens' | 'verifier'>): WebSocketDoor {
  return {
    name: 'current-ws',
    page: doorPages.current,
    identify: (request) => identifyHere(request, world),
    async talk(open, { principal, profileId }) {
      const { connection, request } = open;
      const room = await roomOf({ principal, profileId: profileId ?? principal.userId }, world);
      if (isRefusal(room)) return room;
      const joined = await connection.join({
        cursor: nonEmpty(request.query.get('cursor')),
        listener: {
          room,
          form: profileFrames,
          withEarlier: false,
          frames: (news, viewer) =>
            room.profile !== null || news.entry.target_user_id === principal.userId ? profileFrames(news, viewer) : uploadFrames(news),
          lag: (from, to) => currentSays.lag(from, to),
          onRevoked: () => {
            open.refuse(refuse('FORBIDDEN', { message: 'the profile may not be seen any more' }));
          },
          onRefused: (refusal) => {
            connection.send(currentSays.error(refusal));
            open.refuse(refusal);
          },
        },
      });
      if (isRefusal(joined)) {
        if (joined.code.startsWith('CURSOR_')) connection.send(currentSays.error(joined));
        return joined;
      }
      joined.start();
      // Clients of this door only listen.
      return { onMessage: () => undefined };
    },
  };
}

async function identifyHere(request: DoorRequest, world: Pick<DoorWorld, 'pool' | 'liveTokens' | 'verifier'>): Promise<Identified | Refusal> {
  const { token, ticket } = credentialsOf(request);
  if (token === null && ticket !== null) return identify({ token: null, ticket }, world);
  // Some clients put the token alone behind the question mark.
  const text = token ?? (request.rawQuery.includes('=') ? null : nonEmpty(request.rawQuery));
  if (text === null) return refuse('AUTH_TOKEN_MISSING');
  const read = await world.liveTokens.read(text, 'websocket');
  return isRefusal(read) ? refuse('AUTH_TOKEN_INVALID', { message: read.message }) : { principal: read.principal, profileId: read.profileId };
}

interface Wanted {
  readonly principal: Principal;
  readonly profileId: string;
}

async function roomOf({ principal: { tenantId, userId, entities }, profileId }: Wanted, { pool }: Pick<DoorWorld, 'pool'>): Promise<Room | Refusal> {
  // A token that is limited to profiles does not reach its user's own.
  if (profileId === userId && entities === null) return userRoom(userId);
  const profile = await readProfileKind(pool, { tenantId, id: profileId });
  if (profile === null) return refuse('FORBIDDEN', { message: 'there is no such profile' });
  // Activity stamps for every member, also where the event itself is for some of them.
  return { ...profileRoom({ type: profile.type, id: profileId }), shows: (entry) => stamps(entry) };
}

/** An entry touches the profile of its target; of who acted, only what is said of uploads. */
function userRoom(userId: string): Room {
  return {
    key: `user:${userId}`,
    selection: { kind: 'user', id: userId },
    scopeTag: null,
    profile: null,
    mayJoin: (viewer) => !viewer.isSentAway,
    shows: (entry) => stamps(entry) && (entry.target_user_id === userId || uploadKeys(entry).length > 0),
  };
}

function stamps(entry: Parameters<Room['shows']>[0]): boolean {
  return isLive(entry) && entry.visibility !== 'internal' && entry.activity.length > 0;
}
