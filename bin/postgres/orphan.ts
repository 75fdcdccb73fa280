// Deals with a PostgreSQL that an earlier run left behind: still running, or dead without having tidied up.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endByPid } from '../process/child-process.ts';
import { commandLine, isAlive } from '../process/process-table.ts';
import { hasCode } from '../process/error-code.ts';

const stopLimitMs = 30_000;

/** Call it only while holding the lock of the data folder: whatever runs on this cluster then is nobody's. */
export async function endOrphan({ cluster, say }: { cluster: string; say: (line: string) => void }): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const left = readLeft(file);
  if (left === null) return;
  // The folder as that server was told it: ours may be another way to the same place.
  if (isAlive(left.pid) && commandLine(left.pid)?.includes(` -D ${left.directory} `) === true) {
    say(`an earlier run left PostgreSQL running (pid ${String(left.pid)}): stopping it first`);
    await endByPid({ pid: left.pid, stopSignal: 'SIGINT', stopLimitMs });
    return;
  }
  // PostgreSQL would refuse to start when a stranger of the same user has this number now.
  rmSync(file, { force: true });
}

function readLeft(file: string): { pid: number; directory: string } | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  const [first, directory] = text.split('\n');
  const pid = Number(first);
  return Number.isInteger(pid) && pid > 0 && directory !== undefined ? { pid, directory } : null;
}
