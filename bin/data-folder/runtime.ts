// The note a running installation leaves in its data folder, so that other processes on this machine can join it.
import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import type { DataFolder } from './data-folder.ts';
import { writePrivately } from './private-file.ts';
import { hasCode } from '../process/error-code.ts';

const runtimeSchema = z.object({
  pid: z.int().positive(),
  ownerUrl: z.string(),
  appUrl: z.string(),
  temporalAddress: z.string(),
  temporalNamespace: z.string(),
  apiUrl: z.string(),
});
export type Runtime = z.output<typeof runtimeSchema>;

export function writeRuntime({ folder, runtime }: { folder: DataFolder; runtime: Runtime }): void {
  writePrivately(folder.runtime, `${JSON.stringify(runtime, null, 2)}\n`);
}

/** Null when nothing was started from this folder, or it stopped in order. */
export function readRuntime(folder: DataFolder): Runtime | null {
  let text: string;
  try {
    text = readFileSync(folder.runtime, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  return runtimeSchema.parse(JSON.parse(text));
}

export function removeRuntime(folder: DataFolder): void {
  rmSync(folder.runtime, { force: true });
}
