// One running installation per data folder: the lock, and the note that says who holds it.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { takeFileLock, waitForFileLock } from '../process/file-lock.ts';
import type { DataFolder } from './data-folder.ts';
import { writePrivately } from './private-file.ts';

const holderSchema = z.object({ pid: z.int().positive(), since: z.string() });
export type Holder = z.output<typeof holderSchema>;

export type InstallationLock = { readonly taken: true; readonly release: () => void } | { readonly taken: false; readonly holder: Holder | null };

export async function takeInstallationLock(folder: DataFolder): Promise<InstallationLock> {
  // Longer than anybody holds it just to see whether it is held.
  const lock = await waitForFileLock({ path: folder.lock, limitMs: 300 });
  if (lock === null) return { taken: false, holder: readHolder(folder) };
  const holder: Holder = { pid: process.pid, since: new Date().toISOString() };
  writePrivately(folder.holder, JSON.stringify(holder));
  return {
    taken: true,
    release() {
      lock.release();
    },
  };
}

/** True while somebody holds the lock; leaves the lock as it was. */
export function isInstallationRunning(folder: DataFolder): boolean {
  if (!existsSync(folder.lock)) return false;
  const lock = takeFileLock(folder.lock);
  lock?.release();
  return lock === null;
}

function readHolder(folder: DataFolder): Holder | null {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(readFileSync(folder.holder, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // The holder has the lock and has not written its note yet.
    return null;
  }
}
