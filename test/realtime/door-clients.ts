// One client for each live door, all seen alike: what came, in order, how far it got, and how it ended.
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { eventually } from '../harness/eventually.ts';
import type { MadeTenant } from './made-tenant.ts';

export interface DoorClient {
  /** The resource ids of what came, in the order it came. */
  readonly ids: string[];
  /** After what came last; at first where it began. */
  cursor(): string;
  readonly lags: number;
  /** The close code, or what stands for it where the wire has none. */
  readonly ended: Promise<number>;
  readonly isEnded: boolean;
  /** Whether it was let in and told so. */
  readonly ready: boolean;
  /** Takes nothing from the network any more. */
  pause(): void;
  resume(): void;
  /** As if the network had gone. */
  drop(): void;
  /** As a page does that is loaded again. */
  leave(): void;
}

export interface Connecting {
  readonly url: string;
  readonly token: string;
  readonly cursor?: string | null;
  /** Where a door tells devices apart: two of the same are not connected at once. */
  readonly device?: string;
}

export interface Door {
  readonly name: string;
  connect(connecting: Connecting, tenant: MadeTenant): Promise<DoorClient>;
}

class Received implements Pick<DoorClient, 'ids'> {
  readonly ids: string[] = [];
  readonly ended: Promise<number>;
  isEnded = false;
  lags = 0;
  ready = false;
  #cursor: string;
  #end: (code: number) => void = () => undefined;

  constructor(cursor: string) {
    this.#cursor = cursor;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  cursor(): string {
    return this.#cursor;
  }

  at(cursor: unknown): void {
    if (typeof cursor === 'string') this.#cursor = cursor;
  }

  end(code: number): void {
    this.isEnded = true;
    this.#end(code);
  }
}

/** Raw sockets say where they begin only where their dialect has a word for it; the change log tells the same. */
async function headOf(tenant: MadeTenant, { token }: Connecting): Promise<string> {
  const { body } = await tenant.call('/api/v1/sync/changes', { token });
  return (body as { cursor: string }).cursor;
}

interface RawDoor {
  readonly path: (connecting: Connecting, tenant: MadeTenant) => Promise<string>;
  readonly hello?: unknown;
  onFrame(frame: Record<string, unknown>, received: Received): void;
  readonly readyAtOnce: boolean;
}

async function connectRaw(door: RawDoor, connecting: Connecting, tenant: MadeTenant): Promise<DoorClient> {
  const cursor = connecting.cursor ?? (await headOf(tenant, connecting));
  const received = new Received(cursor);
  const path = await door.path({ ...connecting, cursor }, tenant);
  const socket = new WebSocket(`${connecting.url.replace('http', 'ws')}${path}`, { perMessageDeflate: false });
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Record<string, unknown>;
    if (frame['type'] === 'lag' || frame['event_type'] === 'lag' || frame['response'] === 'lag') received.lags += 1;
    else door.onFrame(frame, received);
  });
  socket.on('close', (code) => {
    received.end(code);
  });
  socket.on('error', () => undefined);
  socket.on('open', () => {
    if (door.hello !== undefined) socket.send(JSON.stringify(door.hello));
    if (door.readyAtOnce) received.ready = true;
  });
  await eventually(() => received.ready || received.isEnded, { everyMs: 2 });
  return Object.assign(received, {
    pause: () => {
      socket.pause();
    },
    resume: () => {
      socket.resume();
    },
    drop: () => {
      socket.terminate();
    },
    leave: () => {
      socket.close(1001);
    },
  });
}

const query = ({ token, cursor }: Connecting): string => `?token=${token}${cursor == null ? '' : `&cursor=${cursor}`}`;
const dataOf = (frame: Record<string, unknown>): Record<string, unknown> => (frame['data'] ?? {}) as Record<string, unknown>;

export const syncDoor: Door = {
  name: 'sync-ws',
  connect: (connecting, tenant) =>
    connectRaw(
      {
        path: (asked) => Promise.resolve(`/api/v1/sync/ws/${asked.device ?? 'dev_1'}${query(asked)}`),
        hello: { type: 'subscribe' },
        readyAtOnce: false,
        onFrame(frame, received) {
          if (frame['event_type'] === 'subscribed') received.ready = true;
          if (frame['event_type'] !== 'change') return;
          received.ids.push(String(dataOf(frame)['resource_id']));
          received.at(frame['cursor']);
        },
      },
      connecting,
      tenant,
    ),
};

export const uiDoor: Door = {
  name: 'ui-ws',
  connect: (connecting, tenant) =>
    connectRaw(
      {
        path: (asked) => Promise.resolve(`/api/v1/realtime/ws${query(asked)}`),
        hello: { action: 'subscribe', share_id: 'shr_1' },
        readyAtOnce: false,
        onFrame(frame, received) {
          if (frame['type'] === 'subscribed' || frame['type'] === 'error') received.ready = true;
          if (frame['type'] === 'room_revoked') received.end(4403);
          if (frame['type'] !== 'file_created') return;
          received.ids.push(String(dataOf(frame)['file_id']));
          received.at(frame['cursor']);
        },
      },
      connecting,
      tenant,
    ),
};

export const currentDoor: Door = {
  name: 'current-ws',
  connect: (connecting, tenant) =>
    connectRaw(
      {
        async path(asked) {
          const { status, body } = await tenant.call('/current/websocket/auth/shr_1', { token: asked.token });
          const { auth_token: token = 'none' } = ((body as { response?: unknown }).response ?? {}) as { auth_token?: string };
          return status === 200 ? `/api/websocket/${query({ ...asked, token })}` : `/api/websocket/?token=none`;
        },
        readyAtOnce: true,
        onFrame(frame, received) {
          if (frame['response'] !== 'activity') return;
          const key = (frame['activity'] as string[]).find((one) => one.startsWith('storage:'));
          if (key !== undefined) received.ids.push(key.slice('storage:'.length));
          received.at(frame['cursor']);
        },
      },
      connecting,
      tenant,
    ),
};

export const sseDoor: Door = {
  name: 'sse',
  async connect(connecting) {
    const received = new Received('');
    let response: IncomingMessage | undefined;
    let text = '';
    const request = get(`${connecting.url}/api/events`, {
      agent: false,
      headers: { authorization: `Bearer ${connecting.token}`, ...(connecting.cursor == null ? {} : { 'last-event-id': connecting.cursor }) },
    });
    request.on('error', () => {
      received.end(0);
    });
    request.on('response', (answer) => {
      response = answer;
      if (answer.statusCode !== 200) {
        answer.resume();
        received.end(answer.statusCode === 401 ? 4401 : (answer.statusCode ?? 0));
        return;
      }
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
          onBlock(text.slice(0, end), received);
          text = text.slice(end + 2);
        }
      });
      answer.on('close', () => {
        received.end(4401);
      });
    });
    await eventually(() => received.ready || received.isEnded, { everyMs: 2 });
    return Object.assign(received, {
      pause: () => {
        response?.pause();
      },
      resume: () => {
        response?.resume();
      },
      drop: () => {
        request.destroy();
      },
      leave: () => {
        response?.destroy();
      },
    });
  },
};

function onBlock(block: string, received: Received): void {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  received.at(fields.get('id'));
  received.ready = true;
  const data = fields.get('data');
  if (data === undefined) return;
  const event = JSON.parse(data) as { type: string; data: Record<string, unknown> };
  if (event.type === 'lag') received.lags += 1;
  if (event.type === 'audit_log_created') received.ids.push(String(event.data['requestId']));
}

export const ioDoor: Door = {
  name: 'socket.io',
  async connect({ url, token, cursor = null }) {
    const received = new Received('');
    const socket = io(`${url}/realtime`, { path: '/socket.io/', transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true });
    socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
      received.end(error.data?.code?.startsWith('AUTH') === true ? 4401 : 0);
    });
    socket.on('session_revoked', () => {
      received.end(4401);
    });
    socket.on('closing', ({ code }: { code: number }) => {
      received.end(code);
    });
    socket.on('shutdown', () => {
      received.end(1001);
    });
    socket.on('room_revoked', () => {
      received.end(4403);
    });
    socket.on('disconnect', () => {
      received.end(0);
    });
    socket.on('lag', () => {
      received.lags += 1;
    });
    socket.on('frame', (frame: { cursor: string; data: { file_id?: string } }) => {
      if (frame.data.file_id !== undefined) received.ids.push(frame.data.file_id);
      received.at(frame.cursor);
    });
    socket.on('connect', () => {
      socket.emit('join', { share_id: 'shr_1', ...(cursor === null ? {} : { cursor }) }, (answer: { ok: boolean; cursor?: string }) => {
        if (received.cursor() === '') received.at(answer.cursor);
        received.ready = true;
        if (!answer.ok) received.end(4403);
      });
    });
    await eventually(() => received.ready || received.isEnded, { everyMs: 2 });
    // The client library has no word for it: below its transport lies a WebSocket of the same kind as ours.
    const raw = (): WebSocket | undefined => (socket.io.engine.transport as unknown as { ws?: WebSocket }).ws; // the library hides it
    return Object.assign(received, {
      pause: () => raw()?.pause(),
      resume: () => raw()?.resume(),
      drop: () => {
        raw()?.terminate();
        socket.disconnect();
      },
      leave: () => {
        socket.disconnect();
      },
    });
  },
};

export const doors: readonly Door[] = [syncDoor, uiDoor, currentDoor, sseDoor, ioDoor];
