// A PostgreSQL of a test's own, migrated and with a tenant, that is killed in several ways and comes back on the same port.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { dataFolderAt } from '../../bin/data-folder/data-folder.ts';
import { removePlace } from '../../bin/postgres/place.ts';
import { startPostgres } from '../../bin/postgres/start-postgres.ts';
import { signalProcess } from '../../bin/process/process-table.ts';
import { ensureDemoTenant } from '../../bin/up/demo-tenant.ts';
import { migrate } from '../../db/migrate.ts';
import { endsWithFile } from '../harness/ends-with-file.ts';
import { eventually } from '../harness/eventually.ts';

/** Everything at once, as a power failure would; the postmaster alone; one of its backends. */
export const waysToKill = ['everything', 'postmaster', 'backend'] as const;
export type WayToKill = (typeof waysToKill)[number];

export interface KillablePostgres {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly prunerUrl: string;
  /** Answers when it is killed; nothing is served then, unless only a backend was killed. */
  kill(way: WayToKill): Promise<void>;
  /** Answers when connections are accepted again. */
  comeBack(): Promise<void>;
  end(): Promise<void>;
}

const password = 'a password for tests';
const backLimitMs = 20_000;

export async function startKillablePostgres({ settings = {} }: { settings?: Readonly<Record<string, string>> } = {}): Promise<KillablePostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
  // Started as root, PostgreSQL runs as a user who must be able to pass through.
  chmodSync(dataDir, 0o711);
  let starting = startPostgres({ dataDir, settings });
  const end = endsWithFile(async () => {
    // A start that failed has left nothing, and was told to whoever asked for it.
    const running = await starting.catch(() => null);
    if (running?.ended() === null) await running.stop();
    removePlace(dataFolderAt(dataDir).postgres);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  let server = await starting;
  const { port, url: ownerUrl } = server;
  const [appUrl, prunerUrl] = [urlOf(ownerUrl, 'holdfast_app'), urlOf(ownerUrl, 'holdfast_pruner')];

  async function kill(way: WayToKill): Promise<void> {
    if (way === 'everything') await server.kill9();
    if (way === 'postmaster') {
      signalProcess(server.pid, 'SIGKILL');
      await server.exited;
    }
    if (way === 'backend') signalProcess(await anAppendingBackend(ownerUrl), 'SIGKILL');
  }

  try {
    await migrate({ ownerUrl, appRole: { name: 'holdfast_app', password }, prunerRole: { name: 'holdfast_pruner', password } });
    await ensureDemoTenant({ appUrl });
    // Also where commits are answered early, what the test begins with is on the disk.
    await rowsOf(ownerUrl, 'CHECKPOINT');
  } catch (error) {
    await end();
    throw error;
  }
  return {
    ownerUrl,
    appUrl,
    prunerUrl,
    kill,
    async comeBack() {
      if (server.ended() !== null) {
        starting = startPostgres({ dataDir, settings, port });
        server = await starting;
      }
      await eventually(() => ask(ownerUrl, 'SELECT 1 AS answer'), { limitMs: backLimitMs });
    },
    end,
  };
}

function urlOf(ownerUrl: string, user: string): string {
  const url = new URL(ownerUrl);
  url.username = user;
  url.password = password;
  return url.href;
}

async function anAppendingBackend(ownerUrl: string): Promise<number> {
  return eventually(() => ask(ownerUrl, "SELECT pid AS answer FROM pg_stat_activity WHERE usename = 'holdfast_app' ORDER BY state_change DESC LIMIT 1"));
}

async function ask(url: string, text: string): Promise<number> {
  const [row] = await rowsOf(url, text);
  if (row === undefined) throw new Error(`nothing was found by ${text}`);
  return row.answer;
}

async function rowsOf(url: string, text: string): Promise<{ answer: number }[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A server that dies while it is asked is one more reason to ask again.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<{ answer: number }>(text)).rows;
  } finally {
    await client.end();
  }
}
