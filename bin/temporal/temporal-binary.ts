// What a Temporal program is to us: a path that was tried, and the version of the server inside it.
import { runCommand } from '../process/run-command.ts';

export interface TemporalBinary {
  readonly path: string;
  /** Of the server, not of the command line around it: its database file belongs to this version. */
  readonly serverVersion: string;
}

const tryLimitMs = 20_000;

/** Null when it does not run or is some other program of the same name. */
export async function tryTemporalBinary({ path, signal }: { path: string; signal?: AbortSignal | undefined }): Promise<TemporalBinary | null> {
  const tried = await runCommand({ file: path, args: ['--version'], limitMs: tryLimitMs, signal });
  const serverVersion = /^temporal version .*\(Server ([\w.+-]+)/m.exec(tried.stdout)?.[1];
  return tried.ok && serverVersion !== undefined ? { path, serverVersion } : null;
}
