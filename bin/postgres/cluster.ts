// Makes a new cluster, whole or not at all, and refuses one of another major version.
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fchownSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../process/run-command.ts';
import type { Binaries } from './binaries.ts';
import { clusterName } from './place.ts';
import type { RunAs } from './run-as.ts';

export interface ClusterOptions {
  readonly binaries: Binaries;
  readonly place: string;
  readonly runAs: RunAs | undefined;
  readonly password: string;
  readonly signal: AbortSignal | undefined;
}

/** The role that owns everything; the only one that initdb makes. */
export const ownerRole = 'holdfast';
const initLimitMs = 120_000;

/** The cluster's folder. */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const directory = join(options.place, clusterName);
  if (existsSync(directory)) {
    const version = readFileSync(join(directory, 'PG_VERSION'), 'utf8').trim();
    if (version !== clusterName) throw new Error(`${directory} was made by PostgreSQL ${version}; this release brings ${clusterName}`);
    return directory;
  }
  removeUnfinished(options.place);
  const unfinished = `${directory}${unfinishedMark}${randomBytes(4).toString('hex')}`;
  await initialise({ ...options, directory: unfinished });
  renameSync(unfinished, directory);
  return directory;
}

const unfinishedMark = '.unfinished-';

function removeUnfinished(place: string): void {
  for (const name of readdirSync(place)) {
    if (name.includes(unfinishedMark)) rmSync(join(place, name), { recursive: true, force: true });
  }
}

async function initialise({ binaries, place, directory, runAs, password, signal }: ClusterOptions & { directory: string }): Promise<void> {
  const passwordFile = join(place, `password${unfinishedMark}${randomBytes(8).toString('hex')}`);
  writePasswordFile({ path: passwordFile, password, runAs });
  try {
    const made = await runCommand({
      file: binaries.initdb,
      args: [
        `--pgdata=${directory}`,
        `--username=${ownerRole}`,
        `--pwfile=${passwordFile}`,
        // Every local user can reach the port, so none gets in without the password.
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // PostgreSQL's own rules of sorting: the same on every machine and after every update of the operating system.
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-instructions',
      ],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      runAs,
      limitMs: initLimitMs,
      signal,
    });
    if (!made.ok) throw new Error(`PostgreSQL could not make its cluster in ${directory}: ${made.why}\n${made.stderr.trim()}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function writePasswordFile({ path, password, runAs }: { path: string; password: string; runAs: RunAs | undefined }): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, `${password}\n`);
    if (runAs !== undefined) fchownSync(file, runAs.uid, runAs.gid);
  } finally {
    closeSync(file);
  }
}
