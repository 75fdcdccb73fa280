// Starts one of our own processes, waits until it serves, and stops it.
import { spawn } from 'node:child_process';
import { asRunning } from '../process/child-process.ts';
import type { Running } from '../process/child-process.ts';
import { readyOf } from '../process/ready-message.ts';
import { ChildOutput } from './child-output.ts';

export interface StartChildOptions {
  /** Path of the composition root. */
  readonly script: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly stopLimitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onSpawn: (pid: number) => void;
  readonly show: (line: string) => void;
}

export interface RunningChild extends Running {
  readonly url: string | null;
}

const startLimitMs = 60_000;

export async function startChild(options: StartChildOptions): Promise<RunningChild> {
  options.signal?.throwIfAborted();
  const output = new ChildOutput({ path: options.logFile, show: options.show });
  const child = spawn(process.execPath, [options.script], {
    // Its own group: a Ctrl-C in the terminal is for us to pass on, in the right order.
    detached: true,
    // The channel tells us that it serves, and tells it when we are gone.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: options.environment,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) output.follow(stream);
  }
  const ready = readyOf(child);
  const running = await asRunning({ child, stopSignal: 'SIGTERM', stopLimitMs: options.stopLimitMs });
  options.onSpawn(running.pid);
  try {
    const { url } = await firstOf({ ready, running, output, signal: options.signal, logFile: options.logFile });
    output.startShowing();
    return { ...running, url };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

type First = Pick<StartChildOptions, 'signal' | 'logFile'> & { ready: ReturnType<typeof readyOf>; running: Running; output: ChildOutput };

async function firstOf({ ready, running, output, signal, logFile }: First): ReturnType<typeof readyOf> {
  const failed = (how: string): Error => new Error(`${output.reason() ?? 'did not start'} (${how}; see ${logFile})`);
  const given = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    given.reject(failed(`not serving after ${String(startLimitMs / 1000)} s`));
  }, startLimitMs);
  const onAbort = (): void => {
    given.reject(new Error('stopped on request'));
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const ended = running.exited.then(async (how) => {
    await output.taken();
    throw failed(how);
  });
  try {
    return await Promise.race([ready, ended, given.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    ended.catch(() => undefined);
  }
}
