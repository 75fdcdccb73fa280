// Asks the operating system about processes: who is alive, since when, with what command line and which children.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { hasCode } from './error-code.ts';

const hasProc = process.platform === 'linux';
const psLimitMs = 5_000;

/** A zombie counts as dead: it holds nothing any more. */
export function isAlive(pid: number): boolean {
  if (!answersToSignalZero(pid)) return false;
  if (!hasProc) return true;
  return statFields(pid)?.state !== 'Z';
}

/** Differs between two processes that got the same pid one after the other; null when the process is gone. */
export function startMark(pid: number): string | null {
  if (!hasProc) return ps({ pid, column: 'lstart' });
  const stat = statFields(pid);
  return stat === null || stat.state === 'Z' ? null : `${bootId()}:${stat.startTicks}`;
}

export function commandLine(pid: number): string | null {
  if (!hasProc) return ps({ pid, column: 'command' });
  const raw = readOrNull(`/proc/${String(pid)}/cmdline`);
  return raw === null || raw === '' ? null : raw.replaceAll('\0', ' ').trim();
}

export function childrenOf(pid: number): number[] {
  return allParents()
    .filter((entry) => entry.parent === pid)
    .map((entry) => entry.pid);
}

/** Sends a signal; a process that is already gone is what the sender wanted. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

function answersToSignalZero(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly startTicks: string;
}

function statFields(pid: number): Stat | null {
  const raw = readOrNull(`/proc/${String(pid)}/stat`);
  if (raw === null) return null;
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = raw.slice(raw.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  const startTicks = fields[19];
  return state === undefined || parent === undefined || startTicks === undefined ? null : { state, parent: Number(parent), startTicks };
}

function allParents(): { pid: number; parent: number }[] {
  if (!hasProc) {
    return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8', timeout: psLimitMs })
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: statFields(Number(name))?.parent ?? -1 }));
}

function bootId(): string {
  return readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function ps({ pid, column }: { pid: number; column: 'lstart' | 'command' }): string | null {
  try {
    const text = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8', timeout: psLimitMs, env: { LC_ALL: 'C' } });
    return text.trim() === '' ? null : text.trim();
  } catch {
    // ps answers with an error when there is no such process.
    return null;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
