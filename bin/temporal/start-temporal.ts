// Starts Temporal's development server on a file of its own, and stops it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Connection } from '@temporalio/client';
import { openLog, readLogFrom } from '../data-folder/log-file.ts';
import { asRunning } from '../process/child-process.ts';
import type { Running } from '../process/child-process.ts';
import { acceptsConnections, freePort } from '../process/tcp-port.ts';
import { waitUntil } from '../process/wait-until.ts';

export interface StartTemporalOptions {
  readonly binaryPath: string;
  readonly dbFile: string;
  readonly logFile: string;
  readonly port?: number;
  /** Port of the web page that shows the workflows; none is started without it. */
  readonly uiPort?: number;
  readonly namespace?: string;
  readonly signal?: AbortSignal;
}

export interface RunningTemporal extends Running {
  readonly address: string;
  readonly port: number;
}

const startLimitMs = 60_000;
const stopLimitMs = 10_000;
const connectLimitMs = 2_000;

export async function startTemporal(options: StartTemporalOptions): Promise<RunningTemporal> {
  options.signal?.throwIfAborted();
  const port = options.port ?? (await freePort());
  const address = `127.0.0.1:${String(port)}`;
  const log = openLog(options.logFile);
  const running = await asRunning({ child: spawnServer({ ...options, port, log: log.file }), stopSignal: 'SIGTERM', stopLimitMs });
  closeSync(log.file);
  try {
    await waitUntil(
      async () => {
        const ended = running.ended();
        if (ended !== null) throw new Error(`the Temporal server did not start: ${ended}\n${readLogFrom(options.logFile, log.length)}`);
        return (await acceptsConnections(port)) && (await serves({ address, namespace: options.namespace ?? 'default' })) ? true : null;
      },
      { what: 'the Temporal server to answer', limitMs: startLimitMs, everyMs: 50, signal: options.signal },
    );
  } catch (error) {
    await running.kill9();
    throw error;
  }
  return { ...running, address, port };
}

function spawnServer({ binaryPath, dbFile, namespace, uiPort, port, log }: StartTemporalOptions & { port: number; log: number }): ChildProcess {
  const page = uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)];
  return spawn(
    binaryPath,
    [
      'server',
      'start-dev',
      ...['--ip', '127.0.0.1', '--port', String(port), ...page],
      ...['--log-level', 'error', '--db-filename', dbFile],
      // Half again as fast as without, and still one sync per commit.
      ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=full'],
      ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ],
    // Its own group: a Ctrl-C in the terminal is for us to pass on, after those who still use it.
    { cwd: '/', detached: true, stdio: ['ignore', log, log], env: { PATH: '/usr/bin:/bin', HOME: '/', TZ: 'UTC' } },
  );
}

/** A server that listens may still lack the namespace. */
export async function serves({ address, namespace }: { address: string; namespace: string }): Promise<boolean> {
  let connection: Connection;
  try {
    connection = await Connection.connect({ address, connectTimeout: connectLimitMs });
  } catch {
    return false;
  }
  try {
    await connection.withDeadline(Date.now() + connectLimitMs, () => connection.workflowService.describeNamespace({ namespace }));
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
