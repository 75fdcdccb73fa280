// Where a data folder's cluster lives: inside it, or, when the user who runs PostgreSQL cannot get in there, in a folder of the machine.
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writePrivately } from '../data-folder/private-file.ts';
import { canEnter } from './run-as.ts';
import type { RunAs } from './run-as.ts';

export interface PlaceOptions {
  /** `…/postgres` inside the data folder. */
  readonly home: string;
  readonly runAs: RunAs | undefined;
  /** Of this machine, for all users. */
  readonly sharedDirectory: string;
  readonly say: (line: string) => void;
}

const pointerSchema = z.object({ directory: z.string() });
const ownerSchema = z.object({ home: z.string() });

/** The folder that holds the cluster; null before the first start. */
export function existingPlace(home: string): string | null {
  if (!existsSync(home)) return null;
  const pointer = join(home, 'elsewhere.json');
  if (!existsSync(pointer)) return home;
  return pointerSchema.parse(JSON.parse(readFileSync(pointer, 'utf8'))).directory;
}

/** Makes the folder when it is not there yet, and gives it to the user who runs PostgreSQL. */
export async function choosePlace(options: PlaceOptions): Promise<string> {
  const { home, runAs } = options;
  const existing = existingPlace(home);
  if (existing !== null && existing !== home) return goOnElsewhere({ home, directory: existing, say: options.say });

  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (runAs === undefined) return home;
  chownSync(home, runAs.uid, runAs.gid);
  if (await canEnter({ directory: home, runAs })) return home;
  if (existsSync(join(home, clusterName))) {
    throw new Error(`${runAs.name}, as whom PostgreSQL has to run, can no longer enter ${home}. Make the folders above it passable (chmod o+x), as they were when the database was made.`);
  }
  return makeElsewhere({ ...options, runAs });
}

/** The cluster's own folder inside its place; a later major version gets another one beside it. */
export const clusterName = '18';

function makeElsewhere({ home, runAs, sharedDirectory, say }: PlaceOptions & { runAs: RunAs }): string {
  const whose = createHash('sha256').update(realpathSync(home)).digest('hex').slice(0, 16);
  // A data folder that was deleted and made again at the same path is another one: its database must not be found again.
  const databases = join(sharedDirectory, 'databases');
  const directory = join(databases, `${whose}-${randomBytes(4).toString('hex')}`);
  mkdirSync(databases, { recursive: true, mode: 0o755 });
  mkdirSync(directory, { mode: 0o700 });
  chownSync(home, 0, 0);
  chownSync(directory, runAs.uid, runAs.gid);
  writePrivately(ownerFile(directory), JSON.stringify({ home: realpathSync(home) }));
  writePrivately(join(home, 'elsewhere.json'), JSON.stringify({ directory }));
  say(`${runAs.name}, as whom PostgreSQL has to run, cannot enter ${home}: its data is in ${directory}`);
  return directory;
}

function goOnElsewhere({ home, directory, say }: { home: string; directory: string; say: (line: string) => void }): string {
  if (!existsSync(directory)) throw new Error(`${join(home, 'elsewhere.json')} says that the database is in ${directory}, which is not there`);
  const here = realpathSync(home);
  const owner = ownerSchema.parse(JSON.parse(readFileSync(ownerFile(directory), 'utf8'))).home;
  if (owner !== here) {
    // A folder that was moved takes its database along; of a folder and its copy only one may have it.
    if (existingPlace(owner) === directory) throw new Error(`${directory} is the database of ${owner}; ${here} is a copy of that folder and needs a database of its own (remove ${home})`);
    writePrivately(ownerFile(directory), JSON.stringify({ home: here }));
  }
  say(`the database of this data folder is in ${directory}`);
  return directory;
}

/** Beside the folder, not in it: what is in there belongs to a user without rights. */
function ownerFile(directory: string): string {
  return `${directory}.json`;
}

/** Removes the database wherever it is; nothing may be running on it. */
export function removePlace(home: string): void {
  const place = existingPlace(home);
  if (place === null) return;
  rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  if (place !== home) rmSync(ownerFile(place), { force: true });
  rmSync(home, { recursive: true, force: true });
}
