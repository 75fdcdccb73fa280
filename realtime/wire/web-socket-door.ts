// What the three raw WebSocket doors have in common: who comes in, what they say, and that every end is tidy.
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { noteSession } from '../../api/auth/note-session.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { closeCodeOf, closeCodes } from '../hub/close-codes.ts';
import type { DoorPage } from '../hub/door-pages.ts';
import type { LiveConnection } from '../hub/hub.ts';
import { credentialsOf, identify } from './identify.ts';
import type { Identified } from './identify.ts';
import type { DoorRequest } from './door-request.ts';
import type { DoorWorld } from './live-world.ts';
import { MessageAllowance } from './message-rate.ts';
import type { TextFrame } from './text-frame.ts';
import { closeWebSocket, webSocketWire } from './web-socket-wire.ts';

export interface OpenSocket {
  readonly connection: LiveConnection<TextFrame>;
  readonly principal: Principal;
  readonly request: DoorRequest;
  /** Ends the connection with the code that stands for the refusal. */
  refuse(refusal: Refusal): void;
}

/** What one of the doors says to one client. */
export interface SocketTalk {
  /** Called for each message, one after the other; what is no JSON object comes as an empty one. */
  onMessage(message: Readonly<Record<string, unknown>>): void | Promise<void>;
  onEnded?(): void;
}

export interface WebSocketDoor {
  readonly name: string;
  readonly page: DoorPage;
  /** Tokens and tickets, unless the door has tokens of its own. */
  identify?(request: DoorRequest): Promise<Identified | Refusal>;
  /** Whether this one may come in here at all; before anything is said. */
  admit?(identified: Identified, part: string): Promise<Refusal | null>;
  talk(open: OpenSocket, identified: Identified, part: string): Promise<SocketTalk | Refusal>;
  /** Ends what the door does beside its connections. */
  stop?(): Promise<void>;
}

export interface Arrival {
  readonly socket: WebSocket;
  readonly request: DoorRequest;
  readonly upgrade: IncomingMessage;
  readonly part: string;
}

/** The socket is kept silent until it is known who speaks: what was said meanwhile waits in it. */
export async function openWebSocket(door: WebSocketDoor, world: DoorWorld, { socket, request, upgrade, part }: Arrival): Promise<void> {
  const end = (refusal: Refusal): void => {
    closeWebSocket(socket, { code: closeCodeOf(refusal.code), reason: refusal.message });
  };
  socket.pause();
  socket.on('error', (error) => {
    world.log.debug({ door: door.name, err: error }, 'a live connection broke');
  });
  try {
    const identified = await (door.identify?.(request) ?? identify(credentialsOf(request), world));
    if (isRefusal(identified)) {
      end(identified);
      return;
    }
    const refusal = (await door.admit?.(identified, part)) ?? null;
    if (refusal !== null) {
      end(refusal);
      return;
    }
    const { principal } = identified;
    const talking: { talk?: SocketTalk } = {};
    const connection = await world.hub.connect<TextFrame>({ principal, wire: webSocketWire(socket), onEnded: () => talking.talk?.onEnded?.() });
    if (isRefusal(connection)) {
      end(connection);
      return;
    }
    noteSession(world, principal, upgrade);
    const closed = (): void => {
      connection.wireClosed();
    };
    socket.once('close', closed);
    if (socket.readyState !== socket.OPEN) closed();
    const open: OpenSocket = {
      connection,
      principal,
      request,
      refuse: (reason) => {
        connection.end({ code: closeCodeOf(reason.code), reason: reason.message });
      },
    };
    const opened = await door.talk(open, identified, part);
    if (isRefusal(opened)) {
      open.refuse(opened);
      return;
    }
    talking.talk = opened;
    if (connection.isOpen) listen(socket, { open, talk: opened, world, name: door.name });
    else opened.onEnded?.();
  } catch (error) {
    world.log.error({ door: door.name, err: error }, 'a live connection could not be opened');
    closeWebSocket(socket, { code: closeCodes.internal, reason: 'something failed on our side' });
  }
}

interface Listening {
  readonly open: OpenSocket;
  readonly talk: SocketTalk;
  readonly world: DoorWorld;
  readonly name: string;
}

function listen(socket: WebSocket, { open, talk, world, name }: Listening): void {
  const allowance = new MessageAllowance(world.clock);
  let previous = Promise.resolve();
  socket.on('message', (data, isBinary) => {
    if (!allowance.take()) {
      open.connection.end({ code: closeCodes.tooSlow, reason: 'too many messages' });
      return;
    }
    const message = isBinary ? {} : objectIn(textOf(data));
    previous = previous
      .then(() => (open.connection.isOpen ? talk.onMessage(message) : undefined))
      .catch((error: unknown) => {
        world.log.error({ door: name, err: error }, 'a live message failed');
        open.refuse(refuse('INTERNAL'));
      });
  });
  socket.resume();
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    // No JSON: it means nothing to any door, and is no reason to end the connection.
    return {};
  }
}
