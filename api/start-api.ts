// The REST door as a running listener, and its ordered end.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './create-app.ts';
import type { AppParts } from './create-app.ts';

export interface ApiParts extends AppParts {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How long running requests may go on when the process stops. */
  readonly stopLimitMs?: number;
}

export interface RunningApi {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** For the live doors, which take their upgrades here. */
  readonly server: Server;
  /**
   * Takes no new connection, tells those who wait to answer with what they have, lets running requests end within the limit, cuts the rest.
   * Calling it again waits for the same end.
   */
  stop(): Promise<void>;
}

export async function startApi({ host, port, stopLimitMs = 10_000, ...parts }: ApiParts): Promise<RunningApi> {
  const { express, waits } = createApp(parts);
  const server = createServer(serverLimits, express);
  await listen(server, { host, port });
  const bound = (server.address() as AddressInfo).port;

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= stopInOrder({
      server,
      stopLimitMs,
      stopWaits: () => {
        waits.stopAll();
      },
    });
    return stopped;
  };
  return { url: `http://${hostInUrl(host)}:${String(bound)}`, host, port: bound, server, stop };
}

const serverLimits = {
  /** From the first byte to the end of the headers. */
  headersTimeout: 15_000,
  /** To the end of the body: 16 MiB over a slow line. */
  requestTimeout: 120_000,
  connectionsCheckingInterval: 5_000,
  /** Longer than the minute after which usual load balancers give up an idle connection: we must not be the first. */
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16 * 1024,
};

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

interface Stopping {
  readonly server: Server;
  readonly stopLimitMs: number;
  stopWaits(): void;
}

async function stopInOrder({ server, stopLimitMs, stopWaits }: Stopping): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  stopWaits();
  // A connection whose answer had begun before the stop falls idle only now, and its client would keep it.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, sweepIntervalMs);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, stopLimitMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

const sweepIntervalMs = 50;

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
