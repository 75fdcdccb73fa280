// Clients of the Socket.IO door: what they were told, and what they are answered.
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { eventually } from '../harness/eventually.ts';

export interface IoClient {
  readonly socket: Socket;
  readonly events: { name: string; payload: any }[]; // eslint-disable-line @typescript-eslint/no-explicit-any -- payloads are what is tested
  ask(name: string, payload: unknown): Promise<{ ok: boolean; cursor?: string; error?: { code: string } }>;
}

/** Of one test file, which sends them away after each test. */
export function ioClients() {
  const sockets: Socket[] = [];
  return {
    connect(url: string, auth: Record<string, unknown>, transports: string[] = ['websocket']): IoClient {
      const socket = io(`${url}/realtime`, { path: '/socket.io/', transports, auth, reconnection: false, forceNew: true });
      sockets.push(socket);
      const events: IoClient['events'] = [];
      socket.onAny((name: string, payload: unknown) => events.push({ name, payload }));
      socket.on('connect_error', (error: Error & { data?: unknown }) => events.push({ name: 'connect_error', payload: error.data }));
      socket.on('disconnect', (reason) => events.push({ name: 'disconnect', payload: reason }));
      return { socket, events, ask: (name, payload) => socket.timeout(5_000).emitWithAck(name, payload) as ReturnType<IoClient['ask']> };
    },
    disconnectAll(): void {
      for (const socket of sockets.splice(0)) socket.disconnect();
    },
  };
}

export const eventOf = (client: IoClient, name: string, fits: (payload: any) => boolean = () => true) => // eslint-disable-line @typescript-eslint/no-explicit-any -- as above
  eventually(() => client.events.find((event) => event.name === name && fits(event.payload))?.payload ?? null);
