// What the benchmarks run against: a PostgreSQL with durable settings, one API process, and processes that are floors.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { startPostgres } from '../bin/postgres/start-postgres.ts';
import { freePort } from '../bin/process/tcp-port.ts';
import { ensureDemoTenant } from '../bin/up/demo-tenant.ts';
import { migrate } from '../db/migrate.ts';

export interface BenchInstallation {
  readonly ownerUrl: string;
  readonly apiUrl: string;
  readonly apiPid: number;
  readonly token: string;
  /** Of one among many who listen: a user may hold only so many connections. */
  listenerToken(index: number): Promise<string>;
  startFloor(script: string): Promise<string>;
  stop(): Promise<void>;
}

const listenersPerUser = 50;
const appRole = { name: 'bench_app', password: 'bench' };

export async function startBenchInstallation(): Promise<BenchInstallation> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const children: ChildProcess[] = [];
  const postgres = await startPostgres({ dataDir: directory, settings: { shared_preload_libraries: 'pg_stat_statements' } });

  async function stop(): Promise<void> {
    await Promise.all(children.map(end));
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }

  try {
    await migrate({ ownerUrl: postgres.url, appRole });
    const appUrl = new URL(postgres.url);
    appUrl.username = appRole.name;
    appUrl.password = appRole.password;
    const secret = randomBytes(32).toString('hex');
    const { privateKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
    const port = String(await freePort());
    const environment = {
      PATH: process.env.PATH,
      HOLDFAST_PORT: port,
      HOLDFAST_DATA_DIR: directory,
      DATABASE_URL: postgres.url,
      HOLDFAST_APP_DATABASE_URL: appUrl.href,
      HOLDFAST_JWT_SECRET: secret,
      HOLDFAST_CURSOR_SECRET: randomBytes(32).toString('hex'),
      HOLDFAST_EVIDENCE_KEY: privateKey,
      HOLDFAST_FILES_DIR: directory,
      // Nobody listens there: the benchmarks show what the doors do by themselves.
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      HOLDFAST_RATE_LIMITS: 'off',
      HOLDFAST_LOG_LEVEL: 'warn',
    };
    await ensureDemoTenant({ appUrl: appUrl.href });
    const api = await startChild({ script: 'bin/api.ts', children, environment });
    const token = await signToken({ secret, userId: 'usr_bench' });
    const listenerToken = (index: number): Promise<string> => signToken({ secret, userId: `usr_bench_${String(Math.floor(index / listenersPerUser))}` });
    return { ownerUrl: postgres.url, apiUrl: api, apiPid: children[0]?.pid ?? 0, token, listenerToken, startFloor: (script) => startChild({ script, children, args: [postgres.url] }), stop };
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

function startChild({ script, children, environment, args = [] }: ChildSpec): Promise<string> {
  const child = fork(fileURLToPath(new URL(`../${script}`, import.meta.url)), args, { env: environment ?? process.env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.on('message', (message: { url?: unknown }) => {
      if (typeof message.url === 'string') resolve(message.url);
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
