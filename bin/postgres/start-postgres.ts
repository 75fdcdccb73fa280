// Starts the PostgreSQL that npm brought along on a cluster in the data folder, and stops it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dataFolderAt, makeDataFolder } from '../data-folder/data-folder.ts';
import { keptPort } from '../data-folder/kept-port.ts';
import { openLog, readLogFrom } from '../data-folder/log-file.ts';
import { keepSecret } from '../data-folder/secrets.ts';
import { asRunning } from '../process/child-process.ts';
import type { Running } from '../process/child-process.ts';
import { freePort } from '../process/tcp-port.ts';
import { locateBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { ensureCluster, ownerRole } from './cluster.ts';
import { ensureDatabase } from './ensure-database.ts';
import { endOrphan } from './orphan.ts';
import { choosePlace, clusterName, existingPlace } from './place.ts';
import { chooseRunAs } from './run-as.ts';
import type { RunAs } from './run-as.ts';
import { untilReady } from './until-ready.ts';

export interface StartPostgresOptions {
  /** The caller holds its lock. */
  readonly dataDir: string;
  readonly port?: number;
  /** Over the durable defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Of this machine, for all users; needed only where root's folders are closed to others. */
  readonly sharedDirectory?: string;
  readonly signal?: AbortSignal;
  readonly say?: (line: string) => void;
}

export interface RunningPostgres extends Running {
  /** The owner's address, password included. */
  readonly url: string;
  readonly port: number;
}

const database = 'holdfast';
const startLimitMs = 300_000;
const stopLimitMs = 20_000;
const attempts = 5;
const retryAfterMs = 1_000;

const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
const defaults = {
  ...durable,
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %a ',
};

export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  const say = options.say ?? (() => undefined);
  const sharedDirectory = options.sharedDirectory ?? '/var/lib/holdfast';
  const folder = dataFolderAt(options.dataDir);
  makeDataFolder(folder);
  const password = keepSecret({ folder, name: 'postgres-password' });

  const existing = existingPlace(folder.postgres);
  const runAs = await chooseRunAs(existing);
  const binaries = await locateBinaries({ runAs, sharedDirectory, say });
  const place = await choosePlace({ home: folder.postgres, runAs, sharedDirectory, say });
  await endOrphan({ cluster: join(place, clusterName), say });
  const cluster = await ensureCluster({ binaries, place, runAs, password, signal: options.signal });

  const attempt = { binaries, cluster, runAs, logFile: join(folder.logs, 'postgres.log'), settings: options.settings ?? {}, signal: options.signal };
  for (let tried = 1; ; tried += 1) {
    const port = options.port ?? (tried === 1 ? await keptPort({ folder, name: 'postgres' }) : await freePort());
    const result = await tryToStart({ ...attempt, port });
    if (result.ok) {
      await ensureDatabase({ serverUrl: urlOf({ port, password, name: 'postgres' }), database });
      return { ...result.running, url: urlOf({ port, password, name: database }), port };
    }
    if (tried === attempts || !isPassing(result.why)) throw new Error(`PostgreSQL did not start: ${result.why}`);
    await delay(retryAfterMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

interface Attempt {
  readonly binaries: Binaries;
  readonly cluster: string;
  readonly runAs: RunAs | undefined;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  readonly port: number;
}

async function tryToStart(attempt: Attempt): Promise<{ ok: true; running: Running } | { ok: false; why: string }> {
  attempt.signal?.throwIfAborted();
  const log = openLog(attempt.logFile);
  const running = await asRunning({ child: spawnServer({ ...attempt, log: log.file }), stopSignal: 'SIGINT', stopLimitMs });
  closeSync(log.file);
  try {
    const ended = await untilReady({ running, cluster: attempt.cluster, limitMs: startLimitMs, signal: attempt.signal });
    return ended === null ? { ok: true, running } : { ok: false, why: `${ended}\n${readLogFrom(attempt.logFile, log.length)}` };
  } catch (error) {
    await running.kill9();
    throw error;
  }
}

function spawnServer({ binaries, cluster, runAs, settings, port, log }: Attempt & { log: number }): ChildProcess {
  const chosen = Object.entries({ ...defaults, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(
    binaries.postgres,
    // No socket in the file system: its path may be longer than the 107 bytes a socket's name can have.
    ['-D', cluster, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', ...chosen],
    {
      cwd: '/',
      // Its own group: a Ctrl-C in the terminal is for us to pass on, after those who still use the database.
      detached: true,
      // A file, not a pipe: its log outlives us.
      stdio: ['ignore', log, log],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      ...(runAs === undefined ? {} : { uid: runAs.uid, gid: runAs.gid }),
    },
  );
}

/** The port was taken meanwhile, or the last processes of a server that was killed have not noticed yet. */
function isPassing(why: string): boolean {
  return why.includes('could not bind') || why.includes('Address already in use') || why.includes('shared memory block');
}

function urlOf({ port, password, name }: { port: number; password: string; name: string }): string {
  return `postgres://${ownerRole}:${password}@127.0.0.1:${String(port)}/${name}`;
}
