// Runs a command to its end, with a limit on time and on what is kept of its output.
import { spawn } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';
import { signalGroup } from './child-process.ts';

export interface CommandOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly limitMs: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly runAs?: { readonly uid: number; readonly gid: number } | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not succeed, in words. */
  readonly why: string;
}

const keptCharacters = 64 * 1024;

/** Never throws: a command that could not be started is a result like any other. */
export function runCommand(options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    if (options.signal?.aborted === true) {
      resolve({ ok: false, stdout: '', stderr: '', why: 'stopped before it began' });
      return;
    }
    const child = spawn(options.file, options.args, spawnOptions(options));
    let stdout = '';
    let stderr = '';
    let ended: string | null = null;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-keptCharacters)));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-keptCharacters)));

    const end = (why: string): void => {
      ended ??= why;
      signalGroup(child, 'SIGKILL');
    };
    const timer = setTimeout(() => {
      end(`took longer than ${String(Math.round(options.limitMs / 1000))} s`);
    }, options.limitMs);
    const onAbort = (): void => {
      end('stopped on request');
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });

    const finish = (result: CommandResult): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    child.once('error', (error) => {
      finish({ ok: false, stdout, stderr, why: error.message });
    });
    child.once('close', (code, signal) => {
      const why = ended ?? (code === 0 ? '' : signal === null ? `exit code ${String(code)}` : `ended by ${signal}`);
      finish({ ok: why === '', stdout, stderr, why });
    });
  });
}

function spawnOptions(options: CommandOptions): SpawnOptions {
  return {
    // A directory that every user may enter: the child may run as somebody who cannot enter ours.
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.runAs === undefined ? {} : { uid: options.runAs.uid, gid: options.runAs.gid }),
  };
}
