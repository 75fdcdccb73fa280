// Finds processes that a test left running.
import { readdirSync } from 'node:fs';
import { commandLine, isAlive } from '../../bin/process/process-table.ts';

export interface LeftProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/** Those whose command line names the given folder: enough for everything we start. */
export function processesNaming(directory: string): LeftProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), commandLine: commandLine(Number(name)) ?? '' }))
    .filter((found) => found.commandLine.includes(directory) && isAlive(found.pid));
}
