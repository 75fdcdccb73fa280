// The log files in the data folder: private, appended to, and never larger than two of their bound.
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const boundBytes = 16 * 1024 * 1024;
const shownBytes = 4_096;

export interface OpenLog {
  readonly file: number;
  /** Bytes that were there before. */
  readonly length: number;
}

/** One older file is kept beside it. */
export function openLog(path: string): OpenLog {
  if (sizeOf(path) > boundBytes) renameSync(path, `${path}.1`);
  const file = openSync(path, 'a', 0o600);
  return { file, length: fstatSync(file).size };
}

export function isOverBound(bytes: number): boolean {
  return bytes > boundBytes;
}

/** What was written after that many bytes: the end of it, if it is long. */
export function readLogFrom(path: string, start: number): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const from = Math.max(start, size - shownBytes);
    const buffer = Buffer.alloc(Math.max(0, size - from));
    readSync(file, buffer, 0, buffer.length, from);
    return buffer.toString('utf8').trim();
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
