// A client of the raw WebSocket doors: what it was told, and how it was closed.
import { WebSocket } from 'ws';
import { eventually } from '../harness/eventually.ts';

export type Frame = Record<string, unknown>;

export interface Spoken {
  readonly socket: WebSocket;
  readonly frames: Frame[];
  readonly closed: Promise<{ code: number; reason: string }>;
  say(message: unknown): void;
}

export function openRaw(url: string, path: string, headers: Record<string, string> = {}): Spoken {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers });
  const frames: Frame[] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Frame));
  socket.on('error', () => undefined);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
  });
  return { socket, frames, closed, say: (message) => { socket.send(JSON.stringify(message)); } };
}

export async function frameOf(spoken: Spoken, fits: (frame: Frame) => boolean): Promise<Frame> {
  const found = await eventually(() => spoken.frames.find(fits) ?? null);
  return found ?? {};
}
