// The Socket.IO door: one namespace, rooms over the hub, presence; nothing of Socket.IO's own rooms or adapters.
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Socket } from 'socket.io';
import { noteSession } from '../../api/auth/note-session.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { closeCodes } from '../hub/close-codes.ts';
import { doorPages } from '../hub/door-pages.ts';
import type { LiveConnection } from '../hub/hub.ts';
import type { DoorWorld } from '../wire/live-world.ts';
import { MessageAllowance, messageBytes } from '../wire/message-rate.ts';
import { isAllowedOrigin } from '../wire/origin.ts';
import { ConnectAttempts, namespaceAskedFor } from './connect-attempts.ts';
import type { Transport } from './connect-attempts.ts';
import { ioCaller } from './io-credentials.ts';
import type { IoFrame } from './io-frame.ts';
import { IoTalk, refused } from './io-talk.ts';
import type { Answer } from './io-talk.ts';
import { ioWire } from './io-wire.ts';
import { realtimeNamespace } from './namespace.ts';
import { createPresenceBoard } from './presence.ts';

export interface IoDoor {
  stop(): Promise<void>;
}

const handshakeLimitMs = 10_000;

/** The connection below, as its engine hands it out. */
interface EngineTransport extends Transport {
  on(event: 'data', listener: (packet: unknown) => void): unknown;
}

export function openIoDoor(server: HttpServer, world: DoorWorld): IoDoor {
  const { hub, log, clock, limits, allowedOrigins, pool } = world;
  const presence = createPresenceBoard({
    pool,
    clock,
    onError: (error) => {
      log.warn({ door: 'socket.io', err: error }, 'presence could not be told');
    },
  });
  const io = new Server({
    path: doorPages.socketIo.path,
    serveClient: false,
    pingInterval: limits.pingMs,
    // A peer that misses the answer to a ping, and the next one after it, is gone.
    pingTimeout: limits.pingMs,
    connectTimeout: handshakeLimitMs,
    upgradeTimeout: handshakeLimitMs,
    maxHttpBufferSize: messageBytes,
    perMessageDeflate: false,
    httpCompression: false,
    // Other doors take their upgrades on the same server.
    destroyUpgrade: false,
    allowRequest: (request: IncomingMessage, decide) => {
      const isAllowed = isAllowedOrigin(request, allowedOrigins);
      decide(isAllowed ? null : 'the origin is not allowed', isAllowed);
    },
    cors: { origin: [...allowedOrigins], credentials: false },
  });

  const attempts = new ConnectAttempts();
  // There is nothing at the library's own namespace, and nobody is let in unasked.
  io.of('/').use(({ conn }, next) => {
    attempts.refusedUnasked(conn);
    next(new Error('NOT_FOUND'));
  });
  const rooms = io.of(realtimeNamespace);
  rooms.use((socket, next) => {
    const { conn } = socket;
    if (!attempts.begin(conn)) {
      next(new Error('TOO_BUSY'));
      return;
    }
    open(socket).then(
      (refusal) => {
        next(refusal === null ? undefined : refusalError(refusal));
        if (refusal === null) attempts.letIn(conn);
        else attempts.refused(conn);
      },
      (error: unknown) => {
        log.error({ door: 'socket.io', err: error }, 'a live connection could not be opened');
        next(new Error('INTERNAL'));
        attempts.refused(conn);
      },
    );
  });

  async function open(socket: Socket): Promise<Refusal | null> {
    const caller = await ioCaller(socket.handshake.auth, world);
    if (isRefusal(caller)) return caller;
    const { principal, onlyRoomId } = caller;
    const talking: { talk?: IoTalk } = {};
    const connection = await hub.connect<IoFrame>({ principal, wire: ioWire(socket), onEnded: () => talking.talk?.ended() });
    if (isRefusal(connection)) return connection;
    noteSession(world, principal, socket.request);
    const closed = (): void => {
      connection.wireClosed();
    };
    // Also before the namespace is connected, when the socket itself tells of nothing.
    socket.conn.once('close', closed);
    socket.once('disconnect', closed);
    if (socket.conn.readyState !== 'open') closed();
    const talk = new IoTalk({ connection, principal, onlyRoomId, presence, limits, acknowledge: world.acknowledge });
    talking.talk = talk;
    if (connection.isOpen) listen(socket, { connection, talk });
    return null;
  }

  function listen(socket: Socket, { connection, talk }: { readonly connection: LiveConnection<IoFrame>; readonly talk: IoTalk }): void {
    const allowance = new MessageAllowance(clock);
    let previous = Promise.resolve();
    socket.use((_event, next) => {
      if (allowance.take()) next();
      else connection.end({ code: closeCodes.tooSlow, reason: 'too many messages' });
    });
    /** One after the other: a leave that follows a join finds the room joined. */
    const inTurn = (work: () => Promise<void> | void, answer: (answer: Answer) => void): void => {
      previous = previous
        .then(() => (connection.isOpen ? work() : undefined))
        .catch((error: unknown) => {
          log.error({ door: 'socket.io', err: error }, 'a live message failed');
          answer(internal);
        });
    };
    socket.on('join', (payload: unknown, callback: unknown) => {
      const answer = answerBy(callback);
      inTurn(() => talk.join(payload, answer), answer);
    });
    socket.on('leave', (payload: unknown, callback: unknown) => {
      const answer = answerBy(callback);
      inTurn(() => {
        answer(talk.leave(payload));
      }, answer);
    });
    socket.on('ack', (payload: unknown, callback: unknown) => {
      const answer = answerBy(callback);
      inTurn(async () => {
        answer(await talk.acknowledge(payload));
      }, answer);
    });
  }

  io.attach(server);
  // The library refuses namespaces that are none by itself, as often as it is asked.
  io.engine.on('connection', (transport: EngineTransport) => {
    transport.on('data', (packet) => {
      const asked = namespaceAskedFor(packet);
      if (asked !== null && asked !== '/' && asked !== realtimeNamespace) attempts.refusedUnasked(transport);
    });
  });
  return {
    /** The server itself is not ours to close. */
    async stop() {
      io.disconnectSockets(true);
      io.engine.close();
      await presence.stop();
    },
  };
}

const internal: Answer = { ok: false, error: { code: 'INTERNAL', message: 'Something failed on our side.' } };

/** A client need not want an answer. */
function answerBy(callback: unknown): (answer: Answer) => void {
  return (answer) => {
    if (typeof callback === 'function') (callback as (answer: Answer) => void)(answer);
  };
}

function refusalError(refusal: Refusal): Error {
  const answer = refused(refusal);
  return Object.assign(new Error(refusal.code), { data: 'error' in answer ? answer.error : null });
}
