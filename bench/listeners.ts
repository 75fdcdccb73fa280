// Many clients in one room, counting what comes: for measurements of fan-out and of latency.
import { WebSocket } from 'ws';
import { io } from 'socket.io-client';

export interface Listeners {
  /** Called for each frame at each client, with what came as text or object. */
  onFrame: (frame: unknown) => void;
  /** Waits until so many frames more have come, over all clients. */
  received(count: number): Promise<void>;
  close(): void;
}

export interface ListenersOptions {
  readonly clients: number;
  /** Connects one; `heard` is called at each frame. Answers how to close it. */
  connect(index: number, heard: (frame: unknown) => void): Promise<() => void>;
}

const limitMs = 60_000;
const connectingAtOnce = 25;

export async function openListeners({ clients, connect }: ListenersOptions): Promise<Listeners> {
  let count = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let reached: () => void = () => undefined;
  const closes: (() => void)[] = [];
  const listeners: Listeners = {
    onFrame: () => undefined,
    async received(more) {
      if (count < more) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve, reject) => {
          wanted = more;
          reached = resolve;
          timer = setTimeout(() => { reject(new Error(`${String(count)} of ${String(more)} frames came`)); }, limitMs);
        });
        clearTimeout(timer);
      }
      wanted = Number.POSITIVE_INFINITY;
      count -= more;
    },
    close: () => { for (const close of closes) close(); },
  };
  const heard = (frame: unknown): void => {
    listeners.onFrame(frame);
    count += 1;
    if (count >= wanted) reached();
  };
  for (let from = 0; from < clients; from += connectingAtOnce) {
    const some = Array.from({ length: Math.min(connectingAtOnce, clients - from) }, (_, index) => connect(from + index, heard));
    closes.push(...(await Promise.all(some)));
  }
  return listeners;
}

/** `join` is null at the bare server, which puts everybody into its one room. */
export function connectSocketIo(url: string, { auth, join }: { auth: Record<string, unknown>; join: Record<string, unknown> | null }, heard: (frame: unknown) => void): Promise<() => void> {
  const socket = io(url, { transports: ['websocket'], auth, forceNew: true, reconnection: false });
  return new Promise((resolve, reject) => {
    socket.on('connect_error', reject);
    socket.on('frame', heard);
    socket.on('connect', () => {
      const close = (): void => { socket.disconnect(); };
      if (join === null) resolve(close);
      else socket.emit('join', join, (answer: { ok: boolean }) => { if (answer.ok) resolve(close); else reject(new Error(JSON.stringify(answer))); });
    });
  });
}

export function connectWebSocket(url: string, { hello, until }: { hello: unknown; until: string | null }, heard: (frame: unknown) => void): Promise<() => void> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const close = (): void => { socket.terminate(); };
  return new Promise((resolve, reject) => {
    let ready = until === null;
    socket.on('error', reject);
    socket.on('open', () => {
      if (hello !== null) socket.send(JSON.stringify(hello));
      if (ready) resolve(close);
    });
    socket.on('message', (data: Buffer) => {
      if (ready) heard(data);
      else if (data.toString().includes(String(until))) {
        ready = true;
        resolve(close);
      }
    });
  });
}
