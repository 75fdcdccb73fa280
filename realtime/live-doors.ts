// All live doors on one HTTP server, over one hub: they take what is theirs and leave the rest to whoever listened before.
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { readLivePage } from '../db/journal/read-live.ts';
import { readNews } from '../db/journal/read-news.ts';
import { createCurrentDoor } from './current-ws/current-door.ts';
import { doorPages, pathReader } from './hub/door-pages.ts';
import { createHub } from './hub/hub.ts';
import { openIoDoor } from './socket-io/io-door.ts';
import { isForSse, serveSse } from './sse/sse-door.ts';
import { createSyncDoor } from './sync-ws/sync-door.ts';
import { createUiDoor } from './ui-ws/ui-door.ts';
import { readDoorRequest } from './wire/door-request.ts';
import { createLiveRights } from './wire/live-rights.ts';
import type { DoorWorld, LiveWorld } from './wire/live-world.ts';
import { messageBytes } from './wire/message-rate.ts';
import { isAllowedOrigin } from './wire/origin.ts';
import { openWebSocket } from './wire/web-socket-door.ts';

export interface LiveDoors {
  readonly connectionCount: number;
  /** Takes nobody any more, tells everybody to come back, and waits until the wires are closed. */
  stop(): Promise<void>;
}

export function openLiveDoors(server: Server, live: LiveWorld): LiveDoors {
  const { pool, access, tail, cursors, clock, limits, random, log } = live;
  const hub = createHub({
    tail,
    readPage: (query) => readLivePage(pool, query),
    readNews: (query) => readNews(pool, query),
    rights: createLiveRights({ pool, access }),
    cursors,
    clock,
    limits,
    random,
    onError: (error) => {
      log.warn({ err: error }, 'the live doors could not read the log; tried again');
    },
  });
  const world: DoorWorld = { ...live, hub };
  const doors = [createSyncDoor(world), createUiDoor(world), createCurrentDoor(world)].map((door) => ({ door, partOf: pathReader(door.page) }));
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: messageBytes, clientTracking: true });
  const giveBack = keepListeners(server);
  const io = openIoDoor(server, world);
  let stopping = false;

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const asked = readDoorRequest(request);
    if (asked.path.startsWith(doorPages.socketIo.path)) return;
    const found = doors.flatMap(({ door, partOf }) => {
      const part = partOf(asked.path);
      return part === null ? [] : [{ door, part }];
    })[0];
    if (stopping) refuseUpgrade(socket, '503 Service Unavailable');
    else if (found === undefined) refuseUpgrade(socket, '404 Not Found');
    else if (!isAllowedOrigin(request, live.allowedOrigins)) refuseUpgrade(socket, '403 Forbidden');
    else {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        void openWebSocket(found.door, world, { socket: webSocket, request: asked, upgrade: request, part: found.part });
      });
    }
  };
  server.on('upgrade', onUpgrade);
  takeRequests(server, (request, response) => {
    if (!isForSse(request)) return false;
    void serveSse({ request, response }, world);
    return true;
  });

  return {
    get connectionCount() {
      return hub.connectionCount;
    },
    async stop() {
      stopping = true;
      hub.stop();
      await io.stop();
      for (const { door } of doors) await door.stop?.();
      await Promise.all([...webSockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
      webSockets.close();
      giveBack();
    },
  };
}

/** Answers how to put things back as they were found: whoever stood here before hears everything again. */
function keepListeners(server: Server): () => void {
  const kept = (['request', 'upgrade', 'listening', 'close'] as const).map((event) => ({ event, listeners: server.listeners(event) as RequestListener[] }));
  return () => {
    for (const { event, listeners } of kept) {
      server.removeAllListeners(event);
      for (const listener of listeners) server.on(event, listener);
    }
  };
}

/** Puts itself before those who listen for requests now. */
function takeRequests(server: Server, take: (...request: Parameters<RequestListener>) => boolean): void {
  const before = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (take(request, response)) return;
    for (const listener of before) listener.call(server, request, response);
  });
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => {
    socket.destroy();
  });
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
