// Waits until a server that was just started accepts connections, or has ended.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Running } from '../process/child-process.ts';
import { waitUntil } from '../process/wait-until.ts';

export interface UntilReadyOptions {
  readonly running: Running;
  readonly cluster: string;
  /** Long: after a crash the server first repeats what it had logged. */
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Null when it is ready; how it ended when it ended instead. */
export async function untilReady({ running, cluster, limitMs, signal }: UntilReadyOptions): Promise<string | null> {
  const outcome = await waitUntil<{ ended: string | null }>(
    () => {
      const ended = running.ended();
      if (ended !== null) return { ended };
      return isReady({ cluster, pid: running.pid }) ? { ended: null } : null;
    },
    { what: 'PostgreSQL to accept connections', limitMs, everyMs: 15, signal },
  );
  return outcome.ended;
}

/** The server keeps its state in the eighth line of its pid file; that is where pg_ctl looks too. */
function isReady({ cluster, pid }: { cluster: string; pid: number }): boolean {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}
