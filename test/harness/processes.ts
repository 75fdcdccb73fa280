// Real processes of ours against a given database, for tests that need more than one, or need to kill one.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../bin/process/tcp-port.ts';
import { startChild } from '../../bin/up/start-child.ts';
import type { RunningChild } from '../../bin/up/start-child.ts';
import { endsWithFile } from './ends-with-file.ts';
import { testCursorSecret, testSecret } from './test-secret.ts';

export interface OurProcess {
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<string>;
  readonly stop: () => Promise<void>;
  readonly kill9: () => Promise<void>;
}

export interface ApiProcess extends OurProcess {
  readonly url: string;
}

export interface ProcessOptions {
  /** Over `environmentFor(…)`; the port is a free one unless it is given. */
  readonly env: Readonly<Record<string, string>>;
}

const stopLimitMs = 20_000;

/** Everything a process needs that joins by variables alone, with secrets of this test's own. */
export function environmentFor({ ownerUrl, appUrl, temporalAddress }: { ownerUrl: string; appUrl: string; temporalAddress: string }): Record<string, string> {
  return {
    DATABASE_URL: ownerUrl,
    HOLDFAST_APP_DATABASE_URL: appUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    HOLDFAST_JWT_SECRET: testSecret,
    HOLDFAST_CURSOR_SECRET: testCursorSecret,
    HOLDFAST_EVIDENCE_KEY: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export async function startApiProcess({ env }: ProcessOptions): Promise<ApiProcess> {
  const port = env['HOLDFAST_PORT'] ?? String(await freePort());
  const child = await start({ root: 'api.ts', env: { ...env, HOLDFAST_PORT: port } });
  if (child.url === null) throw new Error('the API serves and does not say where');
  return { ...child, url: child.url };
}

export async function startWorkerProcess({ env }: ProcessOptions): Promise<OurProcess> {
  return start({ root: 'worker.ts', env });
}

async function start({ root, env }: { root: string; env: Readonly<Record<string, string>> }): Promise<RunningChild & { logFile: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-process-'));
  const logFile = join(directory, `${root}.log`);
  const starting = startChild({
    script: join(import.meta.dirname, '..', '..', 'bin', root),
    // A data folder that is not there: it joins by its variables.
    environment: { PATH: process.env['PATH'], HOLDFAST_DATA_DIR: join(directory, 'none'), HOLDFAST_FILES_DIR: directory, ...env },
    logFile,
    stopLimitMs,
    onSpawn: () => undefined,
    show: () => undefined,
  });
  const end = endsWithFile(async () => {
    // A start that failed has left nothing, and was told to whoever asked for it.
    await (await starting.catch(() => null))?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const child = await starting;
  return {
    ...child,
    logFile,
    stop: end,
    async kill9() {
      await child.kill9();
      await end();
    },
  };
}
