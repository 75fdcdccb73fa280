// Gets hold of a Temporal program: from the PATH, from what was kept, by download, by building it; the first that works.
import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { waitForFileLock } from '../process/file-lock.ts';
import { tryTemporalBinary } from './temporal-binary.ts';
import type { TemporalBinary } from './temporal-binary.ts';

/** A way of making the program: it puts it into the given folder, or says why it cannot. */
export type Maker = (input: MakerInput) => Promise<{ readonly made: string } | { readonly why: string }>;

export interface MakerInput {
  readonly into: string;
  readonly version: string;
  readonly signal: AbortSignal | undefined;
  readonly say: (line: string) => void;
}

export interface ProvisionOptions {
  /** The value of PATH. */
  readonly searchPath: string;
  /** Of this user, for all data folders and clones. */
  readonly cacheDirectory: string;
  readonly version: string;
  readonly makers: readonly { readonly name: string; readonly make: Maker }[];
  readonly signal?: AbortSignal | undefined;
  readonly say: (line: string) => void;
}

export type Provision =
  | { readonly found: true; readonly binary: TemporalBinary; readonly from: string }
  | { readonly found: false; readonly reasons: readonly string[] };

/** Longer than any maker takes: whoever waits here waits for another start that is making the program. */
const lockLimitMs = 45 * 60_000;

export async function provisionTemporal(options: ProvisionOptions): Promise<Provision> {
  const installed = await onPath(options);
  if (installed !== null) return { found: true, binary: installed, from: 'the PATH' };
  try {
    return await fromCache(options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { found: false, reasons: [`the cache ${options.cacheDirectory} cannot be used: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

async function onPath({ searchPath, signal }: ProvisionOptions): Promise<TemporalBinary | null> {
  for (const directory of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(directory, programName);
    if (!isExecutable(path)) continue;
    const binary = await tryTemporalBinary({ path, signal });
    if (binary !== null) return binary;
  }
  return null;
}

async function fromCache(options: ProvisionOptions): Promise<Provision> {
  const directory = join(options.cacheDirectory, options.version);
  const kept = join(directory, programName);
  const before = await keptBinary({ kept, signal: options.signal });
  if (before !== null) return before;

  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = await waitForFileLock({
    path: join(directory, 'lock'),
    limitMs: lockLimitMs,
    onWait: () => {
      options.say('another start is getting the Temporal server; waiting for it');
    },
    signal: options.signal,
  });
  if (lock === null) return { found: false, reasons: ['another start has been getting the Temporal server for too long'] };
  try {
    return (await keptBinary({ kept, signal: options.signal })) ?? (await make({ options, directory, kept }));
  } finally {
    lock.release();
  }
}

async function keptBinary({ kept, signal }: { kept: string; signal: AbortSignal | undefined }): Promise<Provision | null> {
  if (!isExecutable(kept)) return null;
  const binary = await tryTemporalBinary({ path: kept, signal });
  return binary === null ? null : { found: true, binary, from: 'the cache' };
}

async function make({ options, directory, kept }: { options: ProvisionOptions; directory: string; kept: string }): Promise<Provision> {
  removeUnfinished(directory);
  const reasons: string[] = [];
  for (const { name, make: maker } of options.makers) {
    const into = join(directory, `${unfinishedMark}${randomBytes(4).toString('hex')}`);
    mkdirSync(into, { mode: 0o700 });
    try {
      const result = await maker({ into, version: options.version, signal: options.signal, say: options.say });
      if ('why' in result) {
        reasons.push(`${name}: ${result.why}`);
        continue;
      }
      chmodSync(result.made, 0o755);
      const tried = await tryTemporalBinary({ path: result.made, signal: options.signal });
      if (tried === null) {
        reasons.push(`${name}: what came out does not run`);
        continue;
      }
      renameSync(result.made, kept);
      return { found: true, binary: { ...tried, path: kept }, from: name };
    } finally {
      rmSync(into, { recursive: true, force: true });
    }
  }
  options.signal?.throwIfAborted();
  return { found: false, reasons };
}

const programName = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
const unfinishedMark = 'unfinished-';

function removeUnfinished(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(unfinishedMark)) rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
