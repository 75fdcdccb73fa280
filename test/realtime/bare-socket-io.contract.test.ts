// The control: bare Socket.IO with its connection state recovery in every situation of the matrix. What it loses, and whom it tells although they may not know, is what the log is for.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { eventually } from '../harness/eventually.ts';
import { cells } from './resume-cells.ts';
import type { Cell } from './resume-cells.ts';

interface Bare {
  readonly url: string;
  readonly port: number;
  readonly io: Server;
  /** At once, with everything it remembered. */
  die(): Promise<void>;
}

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of open.splice(0).reverse()) await end();
});

/** As its documentation has it. Members of the room are let in by what the directory says at connect. */
async function startBare({ port = 0, members }: { port?: number; members: ReadonlySet<string> }): Promise<Bare> {
  const http = createServer();
  const server = new Server(http, { connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: true }, transports: ['websocket'] });
  server.use((socket, next) => {
    if (members.has(String(socket.handshake.auth['user']))) next();
    else next(new Error('not a member'));
  });
  server.on('connection', (socket) => {
    if (!socket.recovered) void socket.join('shr_1');
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const die = async (): Promise<void> => {
    await server.close();
  };
  open.push(die);
  const { port: listening } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(listening)}`, port: listening, io: server, die };
}

interface Client {
  readonly socket: Socket;
  readonly ids: string[];
  /** False when it was turned away. */
  arrive(): Promise<boolean>;
}

function clientOf(url: string, { ids = [], session = {} }: { ids?: string[]; session?: Readonly<Record<string, unknown>> } = {}): Client {
  const socket = io(url, { transports: ['websocket'], auth: { user: 'usr_m', ...session }, reconnection: false, autoConnect: false, forceNew: true });
  open.push(() => {
    socket.disconnect();
  });
  socket.on('frame', (id: string) => ids.push(id));
  return {
    socket,
    ids,
    async arrive() {
      const refused = new Promise<boolean>((resolve) => socket.once('connect_error', () => { resolve(false); }));
      const connected = new Promise<boolean>((resolve) => socket.once('connect', () => { resolve(true); }));
      socket.connect();
      return Promise.race([refused, connected]);
    },
  };
}

/** What the library keeps to come back with, for a page that finds itself at another process. */
function sessionOf({ socket }: Client): Record<string, unknown> {
  const { _pid: pid, _lastOffset: offset } = socket as unknown as { _pid?: string; _lastOffset?: string }; // the library hides it
  return { pid, offset };
}

interface Trial {
  readonly client: Client;
  readonly members: Set<string>;
  /** At every process: as if they had an adapter between them. */
  write(from: number, count: number): void;
  /** Answers who comes back, and where. */
  cutOff(way: Cell['way']): Promise<Client>;
}

const numbered = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => `f${String(from + index)}`);

async function begin(before: number): Promise<Trial> {
  const members = new Set(['usr_m']);
  const processes = [await startBare({ members }), await startBare({ members })] as [Bare, Bare];
  const client = clientOf(processes[0].url);
  expect(await client.arrive()).toBe(true);
  const write: Trial['write'] = (from, count) => {
    for (const id of numbered(from, count)) for (const { io: server } of processes) server.to('shr_1').emit('frame', id);
  };
  write(0, before);
  await eventually(() => client.ids.length === before);
  return {
    client,
    members,
    write,
    async cutOff(way) {
      const [first, second] = processes;
      const left = eventually(() => first.io.of('/').sockets.size === 0 && client.socket.io.engine.readyState === 'closed');
      if (way === 'a reload') client.socket.disconnect();
      else if (way === 'kill -9 of the server') {
        await first.die();
        processes[0] = await startBare({ port: first.port, members });
      } else client.socket.io.engine.close();
      await left;
      if (way === 'a reload') return clientOf(first.url, { ids: client.ids });
      return way === 'a move to another process' ? clientOf(second.url, { ids: client.ids, session: sessionOf(client) }) : client;
    },
  };
}

/** It remembers who was dropped and had received something, and nobody else. */
const isRemembered = ({ way, before }: Cell): boolean => way === 'a drop' && before > 0;
const of = (fate: Cell['fate']): readonly Cell[] => cells.filter((cell) => cell.fate === fate);

describe('bare Socket.IO with connection state recovery', () => {
  it('when the matrix is gone through, then what is compared are all of its cells', () => {
    expect(cells).toHaveLength(36);
    expect(cells.filter(isRemembered)).toHaveLength(6);
  });

  it.each(of('kept'))('when $way came after $before entries and the rights were $fate, then what came meanwhile is lost, but for whom it remembers', async (cell) => {
    const { write, cutOff } = await begin(cell.before);
    const back = await cutOff(cell.way);
    write(cell.before, 20);
    expect(await back.arrive()).toBe(true);
    write(cell.before + 20, 5);
    await eventually(() => back.ids.includes(`f${String(cell.before + 24)}`));

    const meanwhile = isRemembered(cell) ? numbered(cell.before, 20) : [];
    expect(back.ids).toEqual([...numbered(0, cell.before), ...meanwhile, ...numbered(cell.before + 20, 5)]);
  });

  it.each(of('revoked while away'))('when $way came after $before entries and the rights were $fate, then whom it remembers is told all the same', async (cell) => {
    const { members, write, cutOff } = await begin(cell.before);
    const back = await cutOff(cell.way);
    members.delete('usr_m');
    write(cell.before, 5);
    const isLetIn = await back.arrive();
    if (isLetIn) await eventually(() => back.ids.length === cell.before + 5);

    expect(isLetIn).toBe(isRemembered(cell));
    expect(back.ids).toEqual(numbered(0, isRemembered(cell) ? cell.before + 5 : cell.before));
  });

  it.each(of('revoked while connected'))('when $way came after $before entries and the rights were $fate, then what is newer is told until the cut, and whom it remembers comes in again', async (cell) => {
    const { client, members, write, cutOff } = await begin(cell.before);
    members.delete('usr_m');
    write(cell.before, 5);
    await eventually(() => client.ids.length === cell.before + 5);
    const back = await cutOff(cell.way);

    expect(client.ids).toEqual(numbered(0, cell.before + 5));
    // By now it had received something in every case.
    expect(await back.arrive()).toBe(cell.way === 'a drop');
  });
});
