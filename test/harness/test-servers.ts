// Starts the servers of a test run, and ends them with everything they wrote.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { dataFolderAt } from '../../bin/data-folder/data-folder.ts';
import { removePlace } from '../../bin/postgres/place.ts';
import { startPostgres } from '../../bin/postgres/start-postgres.ts';
import type { RunningPostgres } from '../../bin/postgres/start-postgres.ts';
import { ProcessRegister } from '../../bin/process/left-processes.ts';
import { startMark } from '../../bin/process/process-table.ts';
import { provisionForUser } from '../../bin/temporal/provision-for-user.ts';
import { startTemporal } from '../../bin/temporal/start-temporal.ts';
import type { RunningTemporal } from '../../bin/temporal/start-temporal.ts';
import { migrate } from '../../db/migrate.ts';
import type { PublishedServers } from './published-servers.ts';
import { endOnSignals } from './teardown.ts';
import { writeWorkflowBundle } from './workflow-bundle.ts';

export interface TestServers {
  readonly published: PublishedServers;
  end(): Promise<void>;
}

const templateDatabase = 'holdfast';
/** What a killed run leaves behind is listed here; nobody but the owner of the sources can write it. */
const runs = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'holdfast', 'test-runs');
/** Nothing here outlives the run, so nothing has to reach the disk. Tests that kill servers start their own. */
const fastSettings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '300' };

export async function startTestServers(): Promise<TestServers> {
  const run = new Run();
  endOnSignals(() => run.end());
  try {
    return { published: await run.start(), end: () => run.end() };
  } catch (error) {
    await run.end();
    throw error;
  }
}

/** Ends what earlier runs left behind that were killed without a chance to do it themselves. */
export async function sweepLeftRuns(): Promise<void> {
  mkdirSync(runs, { recursive: true });
  for (const name of readdirSync(runs).filter((entry) => entry.endsWith('.run.json'))) {
    const note = join(runs, name);
    const { directory, pid, mark } = noteSchema.parse(JSON.parse(readFileSync(note, 'utf8')));
    if (startMark(pid) === mark) continue;
    await new ProcessRegister(processesOf(note)).endLeftProcesses();
    removeRun({ directory, note });
  }
}

const noteSchema = z.object({ directory: z.string(), pid: z.number(), mark: z.string().nullable() });

class Run {
  readonly #directory = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  readonly #note = join(runs, `${randomBytes(6).toString('hex')}.run.json`);
  readonly #register = new ProcessRegister(processesOf(this.#note));
  readonly #ending = new AbortController();
  #postgres: Promise<RunningPostgres> | undefined;
  #temporal: Promise<RunningTemporal | string> | undefined;
  #ended: Promise<void> | undefined;

  async start(): Promise<PublishedServers> {
    // Started as root, PostgreSQL runs as a user who must be able to pass through.
    chmodSync(this.#directory, 0o711);
    mkdirSync(runs, { recursive: true });
    writeFileSync(this.#note, JSON.stringify({ directory: this.#directory, pid: process.pid, mark: startMark(process.pid) }));
    this.#postgres = this.#startPostgres();
    this.#temporal = this.#startTemporal();
    const appRole = { name: 'holdfast_app', password: randomBytes(18).toString('base64url') };
    const prunerRole = { name: 'holdfast_pruner', password: randomBytes(18).toString('base64url') };
    const [postgres, temporal, workflowBundle] = await Promise.all([
      this.#postgres,
      this.#temporal,
      writeWorkflowBundle({ directory: this.#directory }),
      this.#postgres.then(({ url }) => migrate({ ownerUrl: url, appRole, prunerRole })),
    ]);
    await closeToOthers({ url: postgres.url });
    return {
      serverUrl: withDatabase(postgres.url, 'postgres'),
      templateDatabase,
      appRole,
      prunerRole,
      temporal: typeof temporal === 'string' ? { available: false, why: temporal } : { available: true, address: temporal.address, namespace: 'default' },
      workflowBundle,
    };
  }

  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#ending.abort(new Error('the test run ends'));
    const [postgres, temporal] = await Promise.allSettled([this.#postgres, this.#temporal]);
    if (temporal.status === 'fulfilled' && typeof temporal.value === 'object') await temporal.value.kill9();
    if (postgres.status === 'fulfilled') await postgres.value?.stop();
    removeRun({ directory: this.#directory, note: this.#note });
  }

  async #startPostgres(): Promise<RunningPostgres> {
    const running = await startPostgres({ dataDir: this.#directory, settings: fastSettings, signal: this.#ending.signal });
    this.#register.remember({ name: 'PostgreSQL', pid: running.pid });
    return running;
  }

  /** The reason in words when none can be had: only the tests that need one fail then. */
  async #startTemporal(): Promise<RunningTemporal | string> {
    const say = (line: string): void => {
      process.stderr.write(`${line}\n`);
    };
    const provision = await provisionForUser({ environment: process.env, signal: this.#ending.signal, say });
    if (!provision.found) return provision.reasons.join('; ');
    const running = await startTemporal({
      binaryPath: provision.binary.path,
      dbFile: join(this.#directory, 'temporal.db'),
      logFile: join(this.#directory, 'temporal.log'),
      signal: this.#ending.signal,
    });
    this.#register.remember({ name: 'Temporal', pid: running.pid });
    return running;
  }
}

/** A template can be copied only while nobody is connected to it. */
async function closeToOthers({ url }: { url: string }): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(url, 'postgres') });
  await client.connect();
  try {
    await client.query(`ALTER DATABASE ${pg.escapeIdentifier(templateDatabase)} ALLOW_CONNECTIONS false`);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

function removeRun({ directory, note }: { directory: string; note: string }): void {
  removePlace(dataFolderAt(directory).postgres);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  rmSync(processesOf(note), { force: true });
  rmSync(note, { force: true });
}

function processesOf(note: string): string {
  return note.replace(/\.run\.json$/, '.processes.json');
}
