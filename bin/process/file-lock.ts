// A lock between processes that the operating system gives back when its holder dies, however it dies.
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

export interface FileLock {
  release(): void;
}

/**
 * Null when somebody else holds it. SQLite's exclusive lock is an advisory lock of the operating system, so there is no
 * stale lock to recognise and no pid to compare after a crash.
 */
export function takeFileLock(path: string): FileLock | null {
  // Made here rather than by SQLite: whoever may read the file could hold the lock.
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return {
    release() {
      database.close();
    },
  };
}

export interface FileLockWait {
  readonly path: string;
  readonly limitMs: number;
  readonly onWait?: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** Waits for the lock and says once that it has to; null when the limit has passed. */
export async function waitForFileLock({ path, limitMs, onWait, signal }: FileLockWait): Promise<FileLock | null> {
  const deadline = performance.now() + limitMs;
  let lock = takeFileLock(path);
  if (lock === null) onWait?.();
  while (lock === null && performance.now() < deadline) {
    await delay(pauseMs, undefined, signal === undefined ? {} : { signal });
    lock = takeFileLock(path);
  }
  return lock;
}

const pauseMs = 50;

function isBusy(error: unknown): boolean {
  const sqliteBusy = 5;
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === sqliteBusy;
}
