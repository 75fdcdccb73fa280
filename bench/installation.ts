// What the benchmarks run against: a PostgreSQL with durable settings, one API process, and processes that are floors.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { dataFolderAt } from '../bin/data-folder/data-folder.ts';
import { removePlace } from '../bin/postgres/place.ts';
import { startPostgres } from '../bin/postgres/start-postgres.ts';
import { freePort } from '../bin/process/tcp-port.ts';
import { ensureDemoTenant } from '../bin/up/demo-tenant.ts';
import { migrate } from '../db/migrate.ts';
import type { ListeningParts } from './listening.ts';
import type { MeasuredApiParts } from './measured-api.ts';

export interface BenchInstallation {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly prunerUrl: string;
  readonly apiUrl: string;
  readonly apiPid: number;
  readonly token: string;
  /** Of one among many who listen: a user may hold only so many connections. */
  listenerToken(index: number): Promise<string>;
  tokenOf(userId: string): Promise<string>;
  startFloor(script: string): Promise<string>;
  /** Another API process, without what is not to be measured. */
  startApi(switches: Pick<MeasuredApiParts, 'recording' | 'rateLimits'>): Promise<string>;
  /** The same with live doors; it tells when it knew of each commit of the demo tenant. */
  startLiveApi(): Promise<StartedChild>;
  startListening(parts: ListeningParts): Promise<StartedChild>;
  stop(): Promise<void>;
}

export interface StartedChild {
  readonly url: string;
  readonly child: ChildProcess;
  end(): Promise<void>;
}

const listenersPerUser = 50;
const appRole = { name: 'bench_app', password: 'bench' };
const prunerRole = { name: 'bench_pruner', password: 'bench' };

/** `keptIn` a folder it outlives the measuring, and the next start finds what it holds. */
export async function startBenchInstallation({ keptIn }: { readonly keptIn?: string } = {}): Promise<BenchInstallation> {
  const directory = keptIn ?? (await mkdtemp(join(tmpdir(), 'holdfast-bench-')));
  const children: ChildProcess[] = [];
  const postgres = await startPostgres({ dataDir: directory, settings: { shared_preload_libraries: 'pg_stat_statements' } });

  async function stop(): Promise<void> {
    await Promise.all(children.map(end));
    await postgres.stop();
    if (keptIn !== undefined) return;
    // Whoever measures as root has the database in another folder, and it may be of many gigabytes.
    removePlace(dataFolderAt(directory).postgres);
    await rm(directory, { recursive: true, force: true });
  }

  try {
    await migrate({ ownerUrl: postgres.url, appRole, prunerRole });
    const [appUrl, prunerUrl] = [appRole, prunerRole].map(({ name, password }) => Object.assign(new URL(postgres.url), { username: name, password })) as [URL, URL];
    const secret = randomBytes(32).toString('hex');
    const { privateKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
    const port = String(await freePort());
    const cursorSecret = randomBytes(32).toString('hex');
    // Nobody listens there: the benchmarks show what the doors do by themselves.
    const temporalAddress = '127.0.0.1:1';
    const environment = {
      PATH: process.env.PATH,
      HOLDFAST_PORT: port,
      HOLDFAST_DATA_DIR: directory,
      DATABASE_URL: postgres.url,
      HOLDFAST_APP_DATABASE_URL: appUrl.href,
      HOLDFAST_JWT_SECRET: secret,
      HOLDFAST_CURSOR_SECRET: cursorSecret,
      HOLDFAST_EVIDENCE_KEY: privateKey,
      HOLDFAST_FILES_DIR: directory,
      TEMPORAL_ADDRESS: temporalAddress,
      HOLDFAST_RATE_LIMITS: 'off',
      HOLDFAST_LOG_LEVEL: 'warn',
    };
    await ensureDemoTenant({ appUrl: appUrl.href });
    const { url: api } = await startChild({ script: 'bin/api.ts', children, environment });
    const tokenOf = (userId: string): Promise<string> => signToken({ secret, userId });
    const token = await tokenOf('usr_bench');
    const listenerToken = (index: number): Promise<string> => tokenOf(`usr_bench_${String(Math.floor(index / listenersPerUser))}`);
    const startMeasuredApi = (switches: Partial<MeasuredApiParts>): Promise<StartedChild> => {
      const parts: MeasuredApiParts = { appUrl: appUrl.href, cursorSecret, filesDir: directory, tokenTrust: { kind: 'secret', secret }, temporalAddress, ...switches };
      return startChild({ script: 'bench/measured-api.ts', children, args: [JSON.stringify(parts)] });
    };
    const startApi: BenchInstallation['startApi'] = async (switches) => (await startMeasuredApi(switches)).url;
    const startLiveApi = (): Promise<StartedChild> => startMeasuredApi({ rateLimits: 'off', liveTenant: 'demo' });
    const startListening = (parts: ListeningParts): Promise<StartedChild> => startChild({ script: 'bench/listening.ts', children, args: [JSON.stringify(parts)] });
    const startFloor = async (script: string): Promise<string> => (await startChild({ script, children, args: [postgres.url] })).url;
    return { ownerUrl: postgres.url, appUrl: appUrl.href, prunerUrl: prunerUrl.href, apiUrl: api, apiPid: children[0]?.pid ?? 0, token, listenerToken, tokenOf, startFloor, startApi, startLiveApi, startListening, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface ChildSpec {
  readonly script: string;
  readonly children: ChildProcess[];
  readonly environment?: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
}

function startChild({ script, children, environment, args = [] }: ChildSpec): Promise<StartedChild> {
  const child = fork(fileURLToPath(new URL(`../${script}`, import.meta.url)), args, { env: environment ?? process.env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.on('message', (message: { url?: unknown }) => {
      if (typeof message.url === 'string') resolve({ url: message.url, child, end: () => end(child) });
    });
    child.on('exit', (code) => { reject(new Error(`${script} ended with ${String(code)} before it served`)); });
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

async function signToken({ secret, userId }: { readonly secret: string; readonly userId: string }): Promise<string> {
  return new SignJWT({ tenant_id: 'demo', scope: '*' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('6h')
    .setIssuedAt()
    .sign(new TextEncoder().encode(secret));
}
