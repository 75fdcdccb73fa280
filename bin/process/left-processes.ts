// Remembers started processes in a file, so that whoever comes after a crash can end what was left running.
import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { writePrivately } from '../data-folder/private-file.ts';
import { endByPid } from './child-process.ts';
import { startMark } from './process-table.ts';

const recordSchema = z.strictObject({ name: z.string(), pid: z.int().positive(), mark: z.string() });
const fileSchema = z.array(recordSchema);
export type ProcessRecord = z.output<typeof recordSchema>;

const stopLimitMs = 10_000;

export class ProcessRegister {
  readonly #path: string;
  #records: ProcessRecord[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** Replaces what was remembered under this name. */
  remember({ name, pid }: { name: string; pid: number }): void {
    const mark = startMark(pid);
    if (mark === null) return;
    this.#records = [...this.#records.filter((record) => record.name !== name), { name, pid, mark }];
    writePrivately(this.#path, JSON.stringify(this.#records));
  }

  forgetAll(): void {
    this.#records = [];
    rmSync(this.#path, { force: true });
  }

  /** Ends what an earlier run left behind, in the order it was remembered; answers with their names. */
  async endLeftProcesses(): Promise<string[]> {
    const left = readRecords(this.#path).filter((record) => startMark(record.pid) === record.mark);
    for (const record of left) await endByPid({ pid: record.pid, stopSignal: 'SIGTERM', stopLimitMs });
    this.forgetAll();
    return left.map((record) => record.name);
  }
}

function readRecords(path: string): ProcessRecord[] {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : [];
  } catch {
    // No file, or one from another version: nothing that could be ended with certainty.
    return [];
  }
}
