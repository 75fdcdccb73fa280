// `npm start` as a person runs it, on a data folder and a port of the test's own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../bin/process/tcp-port.ts';
import { endsWithFile } from './ends-with-file.ts';
import { eventually } from './eventually.ts';

export const root = join(import.meta.dirname, '..', '..');

export interface Started {
  readonly pid: number;
  /** What it has printed so far, both streams. */
  printed(): string;
  /** Until it has printed this. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  /** How it ended: an exit code, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export interface StartOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Servers that it is to use instead of its own. */
  readonly servers?: { readonly DATABASE_URL: string; readonly TEMPORAL_ADDRESS: string };
}

const sayLimitMs = 60_000;
const stopLimitMs = 30_000;

/** The variables under which the commands of this project speak to that installation. */
export function environmentOf({ dataDir, port, servers }: StartOptions): Record<string, string> {
  const { PATH = '', HOME = '/', XDG_CACHE_HOME } = process.env;
  return { PATH, HOME, ...(XDG_CACHE_HOME === undefined ? {} : { XDG_CACHE_HOME }), HOLDFAST_DATA_DIR: dataDir, HOLDFAST_PORT: String(port), ...servers };
}

export function freshPort(): Promise<number> {
  return freePort();
}

export function startInstallation(options: StartOptions): Started {
  const child = spawn(process.execPath, [join(root, 'bin', 'bootstrap.mjs'), 'bin/up.ts'], { cwd: root, env: environmentOf(options), stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? signal ?? 'SIGKILL');
    });
  });
  endsWithFile(async () => {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await ended;
    clearTimeout(kill);
  });
  return {
    pid: child.pid ?? 0,
    printed: () => text,
    async says(pattern) {
      const found = await eventually<RegExpExecArray | 'ended' | null>(() => pattern.exec(text) ?? (child.exitCode === null ? null : 'ended'), { limitMs: sayLimitMs, everyMs: 25 });
      if (found === 'ended' || found === null) throw new Error(`it ended with ${String(child.exitCode)} and had not said ${String(pattern)}:\n${text}`);
      return found;
    },
    signal(signal) {
      child.kill(signal);
    },
    ended,
  };
}
