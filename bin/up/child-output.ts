// Keeps what a child process prints in a log file of bounded size, and shows a person only what they should act on.
import { closeSync, fstatSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { isOverBound, openLog } from '../data-folder/log-file.ts';

export interface ChildOutputOptions {
  readonly path: string;
  readonly show: (line: string) => void;
}

const errorLevel = 50;
const keptLines = 20;

export class ChildOutput {
  readonly #path: string;
  readonly #show: (line: string) => void;
  #file: number;
  #bytes: number;
  #last: string[] = [];
  #open = 0;

  constructor({ path, show }: ChildOutputOptions) {
    this.#path = path;
    this.#show = show;
    this.#file = openLog(path).file;
    this.#bytes = fstatSync(this.#file).size;
  }

  follow(stream: Readable): void {
    this.#open += 1;
    const lines = createInterface({ input: stream, crlfDelay: Infinity });
    lines.on('line', (line) => {
      this.#take(line);
    });
    lines.once('close', () => {
      this.#open -= 1;
      if (this.#open === 0) closeSync(this.#file);
    });
  }

  /** The end of what was printed, for the message that says why it did not start. */
  lastLines(): string {
    return this.#last.join('\n');
  }

  #take(line: string): void {
    this.#write(`${line}\n`);
    const told = forPerson(line);
    this.#last = [...this.#last.slice(-keptLines + 1), told.text];
    if (told.matters) this.#show(told.text);
  }

  #write(text: string): void {
    this.#bytes += writeSync(this.#file, text);
    if (!isOverBound(this.#bytes)) return;
    closeSync(this.#file);
    this.#file = openLog(this.#path).file;
    this.#bytes = 0;
  }
}

interface LogLine {
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly err?: { readonly message?: unknown };
}

/** Our own lines are JSON; anything else is the runtime speaking, which does so only when something is wrong. */
function forPerson(line: string): { text: string; matters: boolean } {
  const parsed = asLogLine(line);
  if (parsed === null) return { text: line, matters: line.trim() !== '' };
  const reason = parsed.err?.message;
  const text = [parsed.msg, reason].filter((part) => typeof part === 'string').join(': ');
  return { text, matters: typeof parsed.level === 'number' && parsed.level >= errorLevel };
}

function asLogLine(line: string): LogLine | null {
  if (!line.startsWith('{')) return null;
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}
