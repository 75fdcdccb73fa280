// A whole installation on this machine: starts its parts in the order they need each other, keeps them running, stops them in the reverse order of need.
import { join } from 'node:path';
import { durabilityFaults } from '../../db/durability.ts';
import { migrate } from '../../db/migrate.ts';
import { createPool } from '../../db/pool.ts';
import type { Configuration } from '../config/environment.ts';
import { appUrlFrom, prunerUrlFrom } from '../config/join-installation.ts';
import { loginOf } from '../config/login-of.ts';
import type { DataFolder } from '../data-folder/data-folder.ts';
import { keptPort } from '../data-folder/kept-port.ts';
import { removeRuntime, writeRuntime } from '../data-folder/runtime.ts';
import { keepSecret } from '../data-folder/secrets.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { ProcessRegister } from '../process/left-processes.ts';
import { holdPort } from '../process/tcp-port.ts';
import { provisionForUser } from '../temporal/provision-for-user.ts';
import { serves, startTemporal } from '../temporal/start-temporal.ts';
import type { Announce } from './announce.ts';
import { ensureDemoTenant } from './demo-tenant.ts';
import { keepRunning } from './keep-running.ts';
import type { Kept } from './keep-running.ts';
import { startChild } from './start-child.ts';
import type { RunningChild } from './start-child.ts';

export interface InstallationOptions {
  readonly configuration: Configuration;
  /** Its lock is held by the caller. */
  readonly folder: DataFolder;
  readonly environment: NodeJS.ProcessEnv;
  readonly announce: Announce;
  /** Told why when a part without which nothing is served was given up. */
  readonly onLost: (why: string) => void;
}

type Part = 'api' | 'worker' | 'temporal' | 'postgres';

/** Those who use a part stop before it. */
const stopOrder: readonly Part[] = ['api', 'worker', 'temporal', 'postgres'];
const childStopLimitMs = 20_000;
/** What a person misses while there is no Temporal server. */
const waitingWork = 'making log partitions ahead, signing checkpoints of the log, the end of lockouts, summaries, and every other job';

export class Installation {
  readonly #options: InstallationOptions;
  readonly #register: ProcessRegister;
  readonly #ending = new AbortController();
  readonly #kept = new Map<Part, Kept>();
  #background: Promise<void> = Promise.resolve();
  #starting: Promise<string> | null = null;

  constructor(options: InstallationOptions) {
    this.#options = options;
    this.#register = new ProcessRegister(options.folder.processes);
  }

  /** Answers with the API's address once it serves; what belongs to Temporal goes on behind it. */
  start(): Promise<string> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async stop(): Promise<void> {
    await this.#endBeginnings();
    for (const part of stopOrder) await this.#kept.get(part)?.stop();
    this.#forget();
  }

  async kill(): Promise<void> {
    const beginnings = this.#endBeginnings();
    await Promise.all([...this.#kept.values()].map((kept) => kept.kill9()));
    await beginnings;
    // A part may have come up while the others were ended.
    await Promise.all([...this.#kept.values()].map((kept) => kept.kill9()));
    this.#forget();
  }

  async #start(): Promise<string> {
    const { configuration, folder, announce } = this.#options;
    for (const name of await this.#register.endLeftProcesses()) announce(name, 'was left running by an earlier start: stopped');
    const cursorSecret = configuration.cursorSecret ?? keepSecret({ folder, name: 'cursor-secret' });
    if (configuration.evidenceKeyPem === null) keepSecret({ folder, name: 'evidence-key.pem' });
    if (configuration.tokenTrust === null) keepSecret({ folder, name: 'jwt-secret' });

    if (configuration.databaseUrl !== null) announce('PostgreSQL', `at ${placeOf(configuration.databaseUrl)}, as DATABASE_URL says`);
    const ownerUrl = configuration.databaseUrl ?? (await this.#startPostgres());
    const appUrl = configuration.appDatabaseUrl ?? appUrlFrom({ ownerUrl, cursorSecret });
    const prunerUrl = configuration.prunerDatabaseUrl ?? prunerUrlFrom({ ownerUrl, cursorSecret });
    this.#ending.signal.throwIfAborted();
    const { applied, epochsChanged, textIndexUsed } = await migrate({ ownerUrl, appRole: loginOf(appUrl), prunerRole: loginOf(prunerUrl) });
    announce('Schema', applied.length === 0 ? 'up to date' : `${String(applied.length)} migrations applied`);
    if (epochsChanged) announce('Schema', 'this is another copy of the database than before: cursors made so far are refused from now on');
    if (!textIndexUsed) announce('Schema', 'its owner may not make a role with BYPASSRLS: free text search works, without its index');
    for (const fault of await this.#durabilityFaults(appUrl)) announce('PostgreSQL', fault);
    await ensureDemoTenant({ appUrl });

    const ownTemporalPort = configuration.temporalAddress === null ? await keptPort({ folder, name: 'temporal' }) : null;
    const temporalAddress = configuration.temporalAddress ?? `127.0.0.1:${String(ownTemporalPort)}`;
    const temporalNamespace = configuration.temporalNamespace ?? 'default';
    const apiUrl = `http://${configuration.host}:${String(configuration.port)}`;
    writeRuntime({ folder, runtime: { pid: process.pid, ownerUrl, appUrl, temporalAddress, temporalNamespace, apiUrl } });

    this.#background = this.#startTemporalSide({ ownPort: ownTemporalPort, address: temporalAddress, namespace: temporalNamespace });
    return this.#startApi();
  }

  async #durabilityFaults(appUrl: string): Promise<string[]> {
    const pool = createPool({ url: appUrl, max: 1 });
    try {
      return await durabilityFaults(pool);
    } finally {
      await pool.end();
    }
  }

  async #startPostgres(): Promise<string> {
    const { folder, announce } = this.#options;
    const say = (line: string): void => {
      announce('PostgreSQL', line);
    };
    const options = { dataDir: folder.directory, say };
    const first = await startPostgres({ ...options, signal: this.#ending.signal });
    say(`18 on 127.0.0.1:${String(first.port)} (pid ${String(first.pid)})`);
    const kept = keepRunning({
      first,
      say,
      startAgain: (signal) => startPostgres({ ...options, port: first.port, signal }),
      onGiveUp: (why) => {
        this.#options.onLost(`PostgreSQL: ${why}`);
      },
    });
    this.#kept.set('postgres', kept);
    return first.url;
  }

  async #startApi(): Promise<string> {
    const first = await this.#startChild({ part: 'api', topic: 'API', signal: this.#ending.signal }).catch((error: unknown) => {
      throw this.#explained(error);
    });
    this.#keepChild({ part: 'api', topic: 'API', first });
    if (first.url === null) throw new Error('the API serves and does not say where');
    return first.url;
  }

  #explained(error: unknown): Error {
    const { host, port } = this.#options.configuration;
    const text = messageOf(error);
    if (!text.includes('EADDRINUSE')) return new Error(`the API: ${text}`, { cause: error });
    return new Error(`another program listens on ${host}:${String(port)}: set HOLDFAST_PORT to a free port`, { cause: error });
  }

  /** Never fails the start: what belongs to Temporal may wait. */
  async #startTemporalSide({ ownPort, address, namespace }: { ownPort: number | null; address: string; namespace: string }): Promise<void> {
    const { announce } = this.#options;
    try {
      if (ownPort === null) await this.#lookForTemporal({ address, namespace });
      else if (!(await this.#startTemporal({ port: ownPort, namespace }))) return;
      const first = await this.#startChild({ part: 'worker', topic: 'Worker', signal: this.#ending.signal });
      this.#keepChild({ part: 'worker', topic: 'Worker', first });
      announce('Worker', `running (pid ${String(first.pid)})`);
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      announce('Temporal', messageOf(error));
      announce('Temporal', `what waits: ${waitingWork}. Everything else is served.`);
    }
  }

  /** Not there, it may come: the worker tries again and again. */
  async #lookForTemporal({ address, namespace }: { address: string; namespace: string }): Promise<void> {
    const { announce } = this.#options;
    announce('Temporal', `at ${address}, as TEMPORAL_ADDRESS says`);
    if (await serves({ address, namespace })) return;
    announce('Temporal', `no server answers there for the namespace "${namespace}": tried again until one does`);
    announce('Temporal', `what waits: ${waitingWork}. Everything else is served.`);
  }

  async #startTemporal({ port, namespace }: { port: number; namespace: string }): Promise<boolean> {
    const { folder, environment, announce } = this.#options;
    const { signal } = this.#ending;
    const say = (line: string): void => {
      announce('Temporal', line);
    };
    const release = await holdPort(port);
    const provision = await provisionForUser({ environment, signal, say }).finally(release);
    if (!provision.found) {
      say(`no server to be had (${provision.reasons.join('; ')})`);
      say(`what waits: ${waitingWork}. Everything else is served. Set TEMPORAL_ADDRESS, or put "temporal" on the PATH, and start again.`);
      return false;
    }
    const { path: binaryPath, serverVersion } = provision.binary;
    // The server cannot read a file of another version of itself; what it forgets is started again from the database.
    const options = { binaryPath, port, namespace, dbFile: join(folder.temporal, `${serverVersion}.db`), logFile: join(folder.logs, 'temporal.log') };
    const startOne = async (ending: AbortSignal): Promise<Awaited<ReturnType<typeof startTemporal>>> => {
      const running = await startTemporal({ ...options, signal: ending });
      this.#register.remember({ name: 'Temporal', pid: running.pid });
      return running;
    };
    const first = await startOne(signal);
    say(`${serverVersion} on ${first.address} (from ${provision.from}, pid ${String(first.pid)})`);
    this.#kept.set('temporal', keepRunning({ first, say, startAgain: startOne }));
    return true;
  }

  #startChild({ part, topic, signal }: { part: 'api' | 'worker'; topic: string; signal: AbortSignal }): Promise<RunningChild> {
    const { folder, configuration, environment, announce } = this.#options;
    return startChild({
      script: join(import.meta.dirname, '..', `${part}.ts`),
      environment: { ...environment, HOLDFAST_DATA_DIR: configuration.dataDir },
      logFile: join(folder.logs, `${part}.log`),
      stopLimitMs: childStopLimitMs,
      signal,
      onSpawn: (pid) => {
        this.#register.remember({ name: topic, pid });
      },
      show: (line) => {
        announce(topic, line);
      },
    });
  }

  #keepChild({ part, topic, first }: { part: 'api' | 'worker'; topic: string; first: RunningChild }): void {
    const { announce, onLost } = this.#options;
    const kept = keepRunning({
      first,
      startAgain: (signal) => this.#startChild({ part, topic, signal }),
      say: (line) => {
        announce(topic, line);
      },
      // Without a worker jobs wait; without the API there is nothing.
      onGiveUp: (why) => {
        if (part === 'api') onLost(`${topic}: ${why}`);
      },
    });
    this.#kept.set(part, kept);
  }

  /** Gives up what is still being started, and waits until it has noticed. */
  async #endBeginnings(): Promise<void> {
    this.#ending.abort(new Error('stopped on request'));
    await Promise.allSettled([this.#starting, this.#background]);
    await this.#background;
  }

  #forget(): void {
    removeRuntime(this.#options.folder);
    this.#register.forgetAll();
  }
}

/** Never with the password. */
function placeOf(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
