// A client of the Socket.IO door, which joins a share.
import { io } from 'socket.io-client';
import type { WebSocket } from 'ws';
import { eventually } from '../harness/eventually.ts';
import type { Door } from './door-client.ts';
import { Received } from './received.ts';

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
