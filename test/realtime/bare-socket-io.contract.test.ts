// The control: bare Socket.IO with its connection state recovery in the same situations. What it loses is what the log is for.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { eventually } from '../harness/eventually.ts';

interface Bare {
  readonly url: string;
  readonly io: Server;
  stop(): Promise<void>;
}

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of open.splice(0).reverse()) await end();
});

/** Members of the room are let in by what the directory says at connect. */
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
  const stop = async (): Promise<void> => {
    await server.close();
  };
  open.push(stop);
  return { url: `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`, io: server, stop };
}

interface Client {
  readonly socket: Socket;
  readonly ids: string[];
}

async function connect(url: string): Promise<Client> {
  const socket = io(url, { transports: ['websocket'], auth: { user: 'usr_m' }, reconnectionDelay: 20, reconnectionDelayMax: 50 });
  open.push(() => {
    socket.disconnect();
  });
  const ids: string[] = [];
  socket.on('frame', (id: string) => ids.push(id));
  // A server that ends in order says so, and its clients are expected to connect by themselves.
  socket.on('disconnect', (reason) => {
    if (reason === 'io server disconnect') socket.connect();
  });
  await eventually(() => socket.connected);
  return { socket, ids };
}

function write({ io: server }: Bare, ids: readonly string[]): void {
  for (const id of ids) server.to('shr_1').emit('frame', id);
}

/** As if the network had gone: the client tries again by itself. */
function drop({ socket }: Client): void {
  socket.io.engine.close();
}

describe('bare Socket.IO with connection state recovery', () => {
  it('when the client had received something and the server lived on, then it gets the rest: the trial itself is fair', async () => {
    const bare = await startBare({ members: new Set(['usr_m']) });
    const client = await connect(bare.url);
    write(bare, ['one']);
    await eventually(() => client.ids.length === 1);
    drop(client);
    write(bare, ['two', 'three']);
    await eventually(() => client.ids.length === 3);
    expect(client.ids).toEqual(['one', 'two', 'three']);
  });

  it('when the client had received nothing yet, then what came meanwhile is lost', async () => {
    const bare = await startBare({ members: new Set(['usr_m']) });
    const client = await connect(bare.url);
    drop(client);
    write(bare, ['one', 'two']);
    await eventually(() => client.socket.connected && !client.socket.recovered);
    write(bare, ['three']);
    await eventually(() => client.ids.length > 0);

    expect(client.ids).toEqual(['three']);
  });

  it('when the server was started again, or the client comes to another process, then what came meanwhile is lost', async () => {
    const members = new Set(['usr_m']);
    const bare = await startBare({ members });
    const client = await connect(bare.url);
    write(bare, ['one']);
    await eventually(() => client.ids.length === 1);
    await bare.stop();
    const again = await startBare({ port: Number(new URL(bare.url).port), members });
    write(again, ['two']);
    await eventually(() => {
      write(again, ['three']);
      return client.ids.length > 1;
    });

    expect(new Set(client.ids)).toEqual(new Set(['one', 'three']));
  });

  it('when the rights were lost while away, then it delivers all the same', async () => {
    const members = new Set(['usr_m']);
    const bare = await startBare({ members });
    const client = await connect(bare.url);
    write(bare, ['one']);
    await eventually(() => client.ids.length === 1);
    drop(client);
    members.delete('usr_m');
    write(bare, ['secret']);
    await eventually(() => client.ids.length === 2);

    expect(client.ids).toEqual(['one', 'secret']);
  });
});
