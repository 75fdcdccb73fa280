// A started process as a value: its pid, its end as a promise, and a stop that is bounded.
import type { ChildProcess } from 'node:child_process';
import { childrenOf, isAlive, signalProcess } from './process-table.ts';
import { waitUntil } from './wait-until.ts';

export interface Running {
  readonly pid: number;
  /** Resolves when the process has ended, with how it ended in words; never rejects. */
  readonly exited: Promise<string>;
  /** How it ended, in words; null while it runs. */
  readonly ended: () => string | null;
  /** Asks it to stop; kills it when it does not within its limit. */
  readonly stop: () => Promise<void>;
  /** Ends it and its children at once, as a power failure would. */
  readonly kill9: () => Promise<void>;
}

const killLimitMs = 10_000;

export interface RunningOptions {
  readonly child: ChildProcess;
  readonly stopSignal: NodeJS.Signals;
  readonly stopLimitMs: number;
}

/** Waits for the process to be there (or not) before it says so. */
export async function asRunning({ child, stopSignal, stopLimitMs }: RunningOptions): Promise<Running> {
  const ended = (): string | null => howItEnded(child);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', () => {
      resolve(ended() ?? 'ended');
    });
  });
  const pid = await spawnedPid(child);

  const kill9 = async (): Promise<void> => {
    const family = childrenOf(pid);
    signalProcess(pid, 'SIGKILL');
    for (const member of family) signalProcess(member, 'SIGKILL');
    await exited;
    await waitUntil(() => (family.some(isAlive) ? null : true), { what: `the children of process ${String(pid)} to end`, limitMs: killLimitMs });
  };
  const stop = async (): Promise<void> => {
    if (ended() !== null) return;
    child.kill(stopSignal);
    if (await endsWithin({ child, limitMs: stopLimitMs })) return;
    await kill9();
  };
  return { pid, exited, ended, stop, kill9 };
}

/** Ends a process of which only the pid is known: asks first, then kills it and its children. */
export async function endByPid({ pid, stopSignal, stopLimitMs }: { pid: number; stopSignal: NodeJS.Signals; stopLimitMs: number }): Promise<void> {
  const gone = (): true | null => (isAlive(pid) ? null : true);
  signalProcess(pid, stopSignal);
  const deadline = { what: `process ${String(pid)} to end`, limitMs: stopLimitMs };
  try {
    await waitUntil(gone, deadline);
  } catch {
    const family = childrenOf(pid);
    for (const member of [pid, ...family]) signalProcess(member, 'SIGKILL');
    await waitUntil(gone, { ...deadline, limitMs: killLimitMs });
  }
}

/** For children that were started as leaders of their own group: reaches their children too. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone, or was never made: the child alone is what is left to ask.
    child.kill(signal);
  }
}

function spawnedPid(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      if (child.pid === undefined) reject(new Error('the process has no pid'));
      else resolve(child.pid);
    });
  });
}

function howItEnded({ exitCode, signalCode }: ChildProcess): string | null {
  if (signalCode !== null) return `ended by ${signalCode}`;
  return exitCode === null ? null : `exit code ${String(exitCode)}`;
}

function endsWithin({ child, limitMs }: { child: ChildProcess; limitMs: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, limitMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
