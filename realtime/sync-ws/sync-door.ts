// ws /api/v1/sync/ws/{device_id}: a sync client is nudged about every share it may read.
import { readDeviceStanding } from '../../db/sync/device-standing.ts';
import { noteForcesSeen, readMissedForces } from '../../db/sync/force-seen.ts';
import type { LiveEntry } from '../../db/journal/read-live.ts';
import type { Viewer } from '../../domain/access/audience.ts';
import { producerId } from '../../domain/shared/ids.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { closeCodes } from '../hub/close-codes.ts';
import { doorPages } from '../hub/door-pages.ts';
import type { Joined } from '../hub/hub.ts';
import { everyEntry, seesProfile } from '../hub/room.ts';
import type { Room } from '../hub/room.ts';
import { nonEmpty } from '../wire/door-request.ts';
import type { DoorWorld } from '../wire/live-world.ts';
import type { OpenSocket, SocketTalk, WebSocketDoor } from '../wire/web-socket-door.ts';
import { createDeviceRegister } from './device-register.ts';
import { isForce, isPreference, syncFrames, syncSays } from './sync-frames.ts';

export function createSyncDoor(world: Pick<DoorWorld, 'pool' | 'log'>): WebSocketDoor {
  const devices = createDeviceRegister({
    pool: world.pool,
    onError: (error) => {
      world.log.warn({ door: 'sync-ws', err: error }, 'it could not be asked where devices connected; tried again');
    },
  });

  return {
    name: 'sync-ws',
    page: doorPages.sync,
    async admit({ principal, profileId }, deviceId) {
      if (profileId !== null) return refuse('FORBIDDEN', { message: 'this ticket is for one profile, and here all shares are told of' });
      if (!producerId.safeParse(deviceId).success) return refuse('FORBIDDEN', { message: 'not a device id' });
      const standing = await readDeviceStanding(world.pool, { tenantId: principal.tenantId, deviceId });
      // One that nobody registered is nobody else's; nothing is kept for it while it is away.
      if (standing === null || (standing.userId === principal.userId && !standing.isClosed)) return null;
      return refuse('FORBIDDEN', { message: 'the device is closed, or another user’s' });
    },
    async talk(open, _identified, deviceId) {
      const { connection, principal } = open;
      // A device that nobody registered may carry the same id for two users.
      const forget = await devices.enter({ tenantId: principal.tenantId, userId: principal.userId, deviceId }, () => {
        connection.end({ code: closeCodes.replaced, reason: 'the device has connected anew' });
      });
      const talk = await openTalk({ open, deviceId, world }).catch((error: unknown) => {
        forget();
        throw error;
      });
      if (isRefusal(talk)) {
        forget();
        if (talk.code.startsWith('CURSOR_')) connection.send(syncSays.error(talk));
        return talk;
      }
      return { onMessage: talk.onMessage, onEnded: forget };
    },
    stop: () => devices.stop(),
  };
}

interface Opening {
  readonly open: OpenSocket;
  readonly deviceId: string;
  readonly world: Pick<DoorWorld, 'pool' | 'log'>;
}

async function openTalk({ open, deviceId, world }: Opening): Promise<SocketTalk | Refusal> {
  const { connection, principal, request } = open;
  const device = { tenantId: principal.tenantId, deviceId };
  const noteSeen = (throughSeq: number): void => {
    noteForcesSeen(world.pool, { ...device, throughSeq }).catch((error: unknown) => {
      world.log.warn({ err: error }, 'a device may be told of a full sync twice');
    });
  };
  let viewer: Viewer | undefined;
  const joined: Joined | Refusal = await connection.join({
    cursor: nonEmpty(request.query.get('cursor')),
    listener: {
      room: syncRoom(principal.userId, (seen) => {
        viewer = seen;
      }),
      form: syncFrames,
      withEarlier: false,
      frames(news) {
        if (isForce(news.entry)) noteSeen(news.seq);
        return syncFrames(news);
      },
      lag: (from, to) => syncSays.lag(from, to),
      onRevoked: () => {
        open.refuse(refuse('AUTHZ_USER_SUSPENDED'));
      },
      onRefused: (refusal) => {
        connection.send(syncSays.error(refusal));
        open.refuse(refusal);
      },
    },
  });
  if (isRefusal(joined)) return joined;
  const missed = await readMissedForces(world.pool, { ...device, throughSeq: joined.seq });
  for (const shareId of missed?.shareIds ?? []) {
    if (viewer !== undefined && seesProfile(viewer, { type: 'share', id: shareId })) connection.send(syncSays.missedForce(shareId));
  }
  if (missed !== null) noteSeen(missed.throughSeq);
  joined.start();
  return {
    onMessage(message) {
      if (message['type'] === 'ping') connection.send(syncSays.pong());
      else if (message['type'] === 'subscribe') connection.send(syncSays.subscribed(connection.cursor));
      else connection.send(syncSays.error(refuse('BAD_REQUEST', { message: 'Expected a type: ping or subscribe.' })));
    },
  };
}

/** All shares the user reads, whichever they are at the moment. */
function syncRoom(userId: string, onViewer: (viewer: Viewer) => void): Room {
  return {
    key: everyEntry,
    selection: { kind: 'sync' },
    scopeTag: null,
    profile: null,
    mayJoin(viewer) {
      onViewer(viewer);
      return !viewer.isSentAway;
    },
    shows(entry: LiveEntry, viewer) {
      if (isPreference(entry)) return entry.target_user_id === userId;
      if (entry.share_id === null || (entry.change_type === null && !isForce(entry))) return false;
      return seesProfile(viewer, { type: 'share', id: entry.share_id });
    },
  };
}
