// A Temporal server of a test's own, which it may kill, start again, and rob of its store.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../bin/process/tcp-port.ts';
import { provisionForUser } from '../../bin/temporal/provision-for-user.ts';
import { startTemporal } from '../../bin/temporal/start-temporal.ts';
import type { RunningTemporal } from '../../bin/temporal/start-temporal.ts';
import { endsWithFile } from './ends-with-file.ts';

export interface OwnTemporal {
  /** Stays the same from one start to the next. */
  readonly address: string;
  start(): Promise<void>;
  kill9(): Promise<void>;
  /** Everything it knew is gone; only while it does not run. */
  loseStore(): void;
  end(): Promise<void>;
}

/** Not started yet. */
export async function ownTemporal(): Promise<OwnTemporal> {
  const provision = await provisionForUser({ environment: process.env, say: () => undefined });
  if (!provision.found) throw new Error(`this test needs a Temporal server and none could be had: ${provision.reasons.join('; ')}`);
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-temporal-'));
  const port = await freePort();
  const options = { binaryPath: provision.binary.path, dbFile: join(directory, 'temporal.db'), logFile: join(directory, 'temporal.log'), port };
  let running: Promise<RunningTemporal> | null = null;

  async function kill9(): Promise<void> {
    const server = running;
    running = null;
    // A start that failed has left nothing, and was told to whoever asked for it.
    await (await server?.catch(() => null))?.kill9();
  }

  return {
    address: `127.0.0.1:${String(port)}`,
    async start() {
      running = startTemporal(options);
      await running;
    },
    kill9,
    loseStore() {
      if (running !== null) throw new Error('a server that runs keeps its store open');
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${options.dbFile}${suffix}`, { force: true });
    },
    end: endsWithFile(async () => {
      await kill9();
      rmSync(directory, { recursive: true, force: true });
    }),
  };
}
