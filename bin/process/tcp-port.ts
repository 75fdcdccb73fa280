// Asks which TCP ports of this machine are free, and which are listened on.
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';

const loopback = '127.0.0.1';
const connectLimitMs = 1_000;

/** A port that the system gave us and will give to nobody else for about a minute. */
export async function freePort(): Promise<number> {
  const server = await listen(0);
  const port = (server.address() as AddressInfo).port;
  await leaveInTimeWait({ server, port });
  await close(server);
  return port;
}

/** Keeps others from getting the port until it is released; whoever connects meanwhile is sent away. */
export async function holdPort(port: number): Promise<() => Promise<void>> {
  const server = await listen(port);
  server.on('connection', (socket) => socket.destroy());
  server.unref();
  return () => close(server);
}

export async function isPortFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
    return true;
  } catch {
    return false;
  }
}

export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: loopback, port, timeout: connectLimitMs });
    const end = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => {
      end(true);
    });
    socket.once('timeout', () => {
      end(false);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen({ host: loopback, port, exclusive: true });
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

/**
 * A connection closed from the listening side keeps the port in TIME_WAIT: the system does not hand it out again meanwhile,
 * while a server that asks for it by number still gets it.
 */
async function leaveInTimeWait({ server, port }: { server: Server; port: number }): Promise<void> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const outgoing = connect({ host: loopback, port });
  const [incoming] = await accepted;
  const bothClosed = Promise.all([once(incoming, 'close'), once(outgoing, 'close')]);
  incoming.end();
  outgoing.once('end', () => outgoing.end());
  outgoing.resume();
  incoming.resume();
  await bothClosed;
}
