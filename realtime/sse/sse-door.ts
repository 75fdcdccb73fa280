// GET /api/events: authorization decisions and the actions of administrators, as server-sent events.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { noteSession } from '../../api/auth/note-session.ts';
import type { LiveEntry } from '../../db/journal/read-live.ts';
import { scopesFor } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { hasAnyScope } from '../../domain/access/scopes.ts';
import { isLive } from '../../domain/own-action/own-entry-facts.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { closeCodes } from '../hub/close-codes.ts';
import { doorPages, pathReader } from '../hub/door-pages.ts';
import { everyEntry } from '../hub/room.ts';
import type { Room } from '../hub/room.ts';
import type { Listener } from '../hub/subscription.ts';
import type { LiveConnection } from '../hub/hub.ts';
import { nonEmpty, readDoorRequest } from '../wire/door-request.ts';
import { credentialsOf, identify } from '../wire/identify.ts';
import type { DoorWorld } from '../wire/live-world.ts';
import type { TextFrame } from '../wire/text-frame.ts';
import { sseFrames, sseSays } from './sse-frames.ts';
import { sseWire } from './sse-wire.ts';

const partOf = pathReader(doorPages.events);

export function isForSse({ method, url = '' }: IncomingMessage): boolean {
  return method === 'GET' && partOf(url.split('?', 1)[0] ?? '') !== null;
}

export async function serveSse({ request, response }: { request: IncomingMessage; response: ServerResponse }, world: DoorWorld): Promise<void> {
  try {
    await open({ request, response }, world);
  } catch (error) {
    world.log.error({ door: 'sse', err: error }, 'a live connection could not be opened');
    if (response.headersSent) response.destroy();
    else answer(response, 503, { error: 'A part that is needed is not reachable; try again shortly', code: 'UNAVAILABLE' });
  }
}

async function open({ request, response }: { request: IncomingMessage; response: ServerResponse }, world: DoorWorld): Promise<void> {
  const asked = readDoorRequest(request);
  allowOrigin({ request, response }, world);
  const identified = await identify(credentialsOf(asked), world);
  // A ticket for one profile is of no use where the whole tenant is told of.
  if (isRefusal(identified) || identified.profileId !== null || !isAdmin(identified.principal)) {
    refuseStranger(response);
    return;
  }
  const isNamed = asked.query.get('named') === '1';
  const wire = sseWire(response);
  const connection = await world.hub.connect<TextFrame>({ principal: identified.principal, wire });
  if (isRefusal(connection)) {
    if (connection.code === 'UNAVAILABLE') answer(response, 503, { error: connection.message, code: connection.code });
    else if (connection.code === 'TOO_BUSY') answer(response, 429, { error: connection.message, code: connection.code });
    else refuseStranger(response);
    return;
  }
  noteSession(world, identified.principal, request);
  response.once('close', () => {
    connection.wireClosed();
  });
  if (response.destroyed) connection.wireClosed();
  const cursor = nonEmpty(headerOf(request, 'last-event-id')) ?? nonEmpty(asked.query.get('cursor'));
  const joined = await connection.join({ cursor, listener: listener({ connection, isNamed }) });
  if (isRefusal(joined)) {
    connection.wireClosed();
    answer(response, joined.code === 'CURSOR_EXPIRED' ? 410 : 400, { error: joined.message, code: joined.code, ...joined.details });
    return;
  }
  if (!connection.isOpen) return;
  request.socket.setKeepAlive(true, world.limits.pingMs);
  request.socket.setNoDelay(true);
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    connection: 'keep-alive',
    // Proxies that collect answers before they pass them on would hold events back.
    'x-accel-buffering': 'no',
  });
  connection.send(sseSays.opened(joined.cursor));
  joined.start();
}

function isAdmin(principal: Principal): boolean {
  return principal.entities === null && hasAnyScope(principal, ['audit:read', ...scopesFor.administer]);
}

function listener({ connection, isNamed }: { connection: LiveConnection<TextFrame>; isNamed: boolean }): Listener<TextFrame> {
  const frames = sseFrames({ isNamed });
  return {
    room: decisions,
    form: frames,
    withEarlier: false,
    frames,
    lag: (from, to) => sseSays.lag(from, to, isNamed),
    onRevoked: () => {
      connection.end({ code: closeCodes.auth, reason: 'not an administrator any more' });
    },
    onRefused: (refusal: Refusal) => {
      connection.send(sseSays.refused(refusal, isNamed));
      connection.end({ code: closeCodes.cursorExpired, reason: refusal.message });
    },
  };
}

const decisions: Room = {
  key: everyEntry,
  selection: { kind: 'decisions' },
  scopeTag: null,
  profile: null,
  mayJoin: (viewer) => !viewer.isSentAway,
  shows: (entry: LiveEntry) => isLive(entry) && (entry.decision !== null || entry.own_action !== null),
};

/** The same for a wrong token as for one that is no administrator's. */
function refuseStranger(response: ServerResponse): void {
  answer(response, 401, { error: 'Admin authentication required', code: 'ADMIN_AUTH_REQUIRED' });
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function allowOrigin({ request, response }: { request: IncomingMessage; response: ServerResponse }, { allowedOrigins }: DoorWorld): void {
  const { origin } = request.headers;
  if (origin === undefined || !allowedOrigins.includes(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'Origin');
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
