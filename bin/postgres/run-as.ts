// As whom PostgreSQL runs: as ourselves, or, since it refuses to run as root, as a user without rights.
import { statSync } from 'node:fs';
import { runCommand } from '../process/run-command.ts';

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** In this order: made for databases; has no rights anywhere. */
const candidates = ['postgres', 'nobody'];
const lookupLimitMs = 10_000;

/** Undefined when no change of user is needed. An existing cluster goes on with the user it belongs to. */
export async function chooseRunAs(existingCluster: string | null): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  if (existingCluster !== null) {
    const { uid, gid } = statSync(existingCluster);
    if (uid !== 0) return { uid, gid, name: `user ${String(uid)}` };
  }
  for (const name of candidates) {
    const found = await lookUp(name);
    if (found !== null) return found;
  }
  throw new Error(`PostgreSQL does not run as root and none of the users ${candidates.join(', ')} exists here. Start Holdfast as an ordinary user, or set DATABASE_URL.`);
}

/** What the operating system lets this user do is tried, not concluded from mode bits: ACLs and mount options count too. */
export async function canEnter({ directory, runAs }: { directory: string; runAs: RunAs }): Promise<boolean> {
  const tried = await runCommand({ file: '/bin/sh', args: ['-c', 'cd "$1" && test -w .', 'sh', directory], runAs, limitMs: lookupLimitMs });
  return tried.ok;
}

async function lookUp(name: string): Promise<RunAs | null> {
  const uid = await runCommand({ file: 'id', args: ['-u', name], limitMs: lookupLimitMs });
  const gid = await runCommand({ file: 'id', args: ['-g', name], limitMs: lookupLimitMs });
  return uid.ok && gid.ok ? { uid: Number(uid.stdout), gid: Number(gid.stdout), name } : null;
}
