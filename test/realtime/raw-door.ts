// What the clients of the raw WebSocket doors share: they differ in where they connect, what they say first, and what frames mean.
import { WebSocket } from 'ws';
import { eventually } from '../harness/eventually.ts';
import type { Connecting, DoorClient } from './door-client.ts';
import type { MadeTenant } from './made-tenant.ts';
import { Received } from './received.ts';

export interface RawDoor {
  readonly path: (connecting: Connecting, tenant: MadeTenant) => Promise<string>;
  readonly hello?: unknown;
  onFrame(frame: Record<string, unknown>, received: Received): void;
  readonly readyAtOnce: boolean;
}

export async function connectRaw(door: RawDoor, connecting: Connecting, tenant: MadeTenant): Promise<DoorClient> {
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

export const query = ({ token, cursor }: Connecting): string => `?token=${token}${cursor == null ? '' : `&cursor=${cursor}`}`;
export const dataOf = (frame: Record<string, unknown>): Record<string, unknown> => (frame['data'] ?? {}) as Record<string, unknown>;

/** Raw sockets say where they begin only where their dialect has a word for it; the change log tells the same. */
async function headOf(tenant: MadeTenant, { token }: Connecting): Promise<string> {
  const { body } = await tenant.call('/api/v1/sync/changes', { token });
  return (body as { cursor: string }).cursor;
}
