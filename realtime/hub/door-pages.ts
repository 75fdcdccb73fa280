// The live doors as they are documented: an adapter takes its address from here, so a door without its page cannot exist.
import type { closeCodes } from './close-codes.ts';

export interface DoorPage {
  /** As OpenAPI writes it; a slash at its end is taken or left. */
  readonly path: string;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly about: string;
  readonly says: readonly string[];
  readonly hears: readonly string[];
  /** The close codes it ends with; none where the wire has none. */
  readonly closes: readonly (keyof typeof closeCodes)[];
  readonly parameters: readonly DoorParameter[];
  /** What the HTTP request is answered with, before anything is told. */
  readonly answers: Readonly<Record<number, DoorAnswer>>;
}

export interface DoorParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
}

export interface DoorAnswer {
  readonly description: string;
  /** Null for an answer without a body. */
  readonly mediaType: string | null;
}

const token: DoorParameter = { name: 'token', in: 'query', description: 'A token of the user, where no `Authorization` header can be set' };
const ticket: DoorParameter = { name: 'ticket', in: 'query', description: 'A ticket of `POST /api/v1/auth/tickets` instead of a token; it opens one door, once' };
const cursor: DoorParameter = { name: 'cursor', in: 'query', description: 'Where to go on: what came after it is told first. Without one, from now on; `0` is the beginning' };

const upgraded: Readonly<Record<number, DoorAnswer>> = {
  101: { description: 'The connection is a WebSocket from here on', mediaType: null },
  400: { description: 'Asked for without an upgrade', mediaType: 'application/json' },
  403: { description: 'The page that connects is of an origin that is not allowed', mediaType: null },
  503: { description: 'The process stops', mediaType: null },
};

export const doorPages = {
  sync: {
    path: '/api/v1/sync/ws/{device_id}',
    summary: 'Nudge a sync client (WebSocket)',
    about: 'Tells of every share the user may read, without being asked for it. What is told is in the change log, which stays the source. The newest connection of a device ends the one before, on every process.',
    says: ['`{event_type: "change", share_id, data, cursor}`', '`{event_type: "sync_preference_updated", share_id, device_id, cursor}`', '`{event_type: "force_sync", share_id, cursor}`', '`pong`', '`subscribed`', '`lag`', '`error`'],
    hears: ['`{"type": "ping"}`', '`{"type": "subscribe"}`'],
    closes: ['auth', 'forbidden', 'pingTimeout', 'replaced', 'tooSlow', 'badCursor', 'cursorExpired', 'shutdown'],
    parameters: [{ name: 'device_id', in: 'path', description: 'A device of the user, or one that nobody registered' }, token, ticket, cursor],
    answers: upgraded,
  },
  ui: {
    path: '/api/v1/realtime/ws',
    summary: 'Tell a UI of the shares it subscribes to (WebSocket)',
    about: 'Frames carry the whole resource, so that nothing has to be fetched after them.',
    says: ['`connected`', '`subscribed`', '`unsubscribed`', '`file_created`', '`file_updated`', '`file_deleted`', '`folder_created`', '`folder_deleted`', '`pong`', '`lag`', '`room_revoked`', '`error`'],
    hears: ['`{"action": "subscribe", "share_id", "cursor"?}`', '`{"action": "unsubscribe", "share_id"}`', '`{"action": "ping"}`'],
    closes: ['auth', 'pingTimeout', 'tooSlow', 'shutdown'],
    parameters: [token, ticket, cursor],
    answers: upgraded,
  },
  current: {
    path: '/api/websocket/',
    summary: 'Tell of the activity of one profile (WebSocket)',
    about: 'The profile is the one its token or ticket was made for. Every entry that touches it is told by its activity keys; those that every member may know also as an event, up to 4,096 bytes.',
    says: ['`{"response": "activity", "activity", "cursor"}`', '`{"response": "event", …}`', '`lag`', '`error`'],
    hears: [],
    closes: ['auth', 'forbidden', 'pingTimeout', 'tooSlow', 'badCursor', 'cursorExpired', 'shutdown'],
    parameters: [{ name: 'token', in: 'query', description: 'A token of `GET /current/websocket/auth/{profile_id}`; a user’s own token opens nothing here' }, ticket, cursor],
    answers: upgraded,
  },
  events: {
    path: '/api/events',
    summary: 'Stream authorization decisions and the actions of administrators (server-sent events)',
    about: [
      'For administrators and whoever may read the audit log. Each event is one JSON object `{type, data}` of type `audit_log_created` or `internal_audit_log_created`; `lag` and `error` tell of the stream itself. `id` is a cursor, so a client that reconnects misses nothing. Looking at the log triggers nothing.',
      'A comment comes every 30 seconds. A stream that ends because its user is sent away, or because the process stops, just ends; the answer to the next request says which.',
    ].join('\n\n'),
    says: ['`audit_log_created`', '`internal_audit_log_created`', '`lag`', '`error`'],
    hears: [],
    closes: [],
    parameters: [
      token,
      ticket,
      cursor,
      { name: 'Last-Event-ID', in: 'header', description: 'The same as `cursor`, as clients send it by themselves' },
      { name: 'named', in: 'query', description: '`1`: events carry their type as their name too, for clients that listen by name' },
    ],
    answers: {
      200: { description: 'The stream', mediaType: 'text/event-stream' },
      400: { description: 'The cursor is none of ours, or was made for something else', mediaType: 'application/json' },
      401: { description: 'No valid token, or not an administrator’s', mediaType: 'application/json' },
      410: { description: 'What the cursor points at was pruned', mediaType: 'application/json' },
      429: { description: 'There are too many live connections already', mediaType: 'application/json' },
      503: { description: 'A part that is needed is not reachable', mediaType: 'application/json' },
    },
  },
  socketIo: {
    path: '/socket.io/',
    summary: 'Rooms of shares, workspaces, orgs and the audit log (Socket.IO)',
    about:
      'Namespace `/realtime`, with `auth: {token}` or `auth: {ticket}`; a token of `GET /current/realtime/auth/{room_id}` joins its room and nothing else. Behind a balancer use the `websocket` transport: long-polling needs one that sends a client to the same process each time.',
    says: ['`frame {cursor, type, share_id, data}`', '`presence {users, joined?, left?, total?}`', '`lag {from, to}`', '`room_revoked`', '`room_refused`', '`session_revoked`', '`closing {code, reason}`', '`shutdown {reason, retry_after_ms}`'],
    hears: ['`join {share_id | workspace_id | org_id | audit: true, filter?, cursor?}`', '`leave` with the same', '`ack {event_id}`; each is answered `{ok: true}` or `{ok: false, error}`'],
    closes: ['auth', 'tooSlow'],
    parameters: [
      { name: 'EIO', in: 'query', description: 'The revision of the transport’s protocol: `4`' },
      { name: 'transport', in: 'query', description: '`websocket`, or `polling`' },
    ],
    answers: { ...upgraded, 200: { description: 'An answer of the long-polling transport', mediaType: 'text/plain' }, 400: { description: 'Not a request of the protocol', mediaType: 'application/json' } },
  },
} as const satisfies Readonly<Record<string, DoorPage>>;

/** Answers the part of a path that the page leaves open ('' where it leaves none open), or null when it is another door's path. */
export function pathReader({ path }: Pick<DoorPage, 'path'>): (asked: string) => string | null {
  const pattern = new RegExp(`^${path.replace(/\/$/, '').replace(/\{[a-z_]+\}/, '([^/]+)')}/?$`);
  return (asked) => {
    const found = pattern.exec(asked);
    return found === null ? null : (found[1] ?? '');
  };
}
