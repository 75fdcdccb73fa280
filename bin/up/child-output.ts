// Keeps what a child process prints in a log file of bounded size, and shows a person only what they should act on.
import { closeSync, fstatSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isOverBound, openLog } from '../data-folder/log-file.ts';

export interface ChildOutputOptions {
  readonly path: string;
  readonly show: (line: string) => void;
}

const errorLevel = 50;
/** A process of the process may keep its output open for ever. */
const closeLimitMs = 1_000;

export class ChildOutput {
  readonly #path: string;
  readonly #show: (line: string) => void;
  #file: number;
  #bytes: number;
  #reason: string | null = null;
  #showing = false;
  #open = 0;
  readonly #closed = Promise.withResolvers<undefined>();

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
      if (this.#open > 0) return;
      closeSync(this.#file);
      this.#closed.resolve(undefined);
    });
  }

  /** From now on. Before that, what matters is why it did not start, and is said once, by whoever started it. */
  startShowing(): void {
    this.#showing = true;
  }

  /** When all that was printed has been taken: a little later than the end of the process. */
  async taken(): Promise<void> {
    const late = new AbortController();
    await Promise.race([this.#closed.promise, delay(closeLimitMs, undefined, { signal: late.signal })]);
    late.abort();
  }

  /** The line that most likely says why it did not start. */
  reason(): string | null {
    return this.#reason;
  }

  #take(line: string): void {
    this.#write(`${line}\n`);
    const told = forPerson(line);
    if (!told.matters) return;
    if (this.#showing) this.#show(told.text);
    else if (this.#reason === null || (/error/i.test(told.text) && !/error/i.test(this.#reason))) this.#reason = told.text;
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
  /** What a request was, when it is about one. */
  readonly method?: unknown;
  readonly path?: unknown;
  readonly status?: unknown;
}

/** Our own lines are JSON; anything else is the runtime speaking, which does so only when something is wrong. */
function forPerson(line: string): { text: string; matters: boolean } {
  const parsed = asLogLine(line);
  if (parsed === null) return { text: line, matters: line.trim() !== '' };
  const reason = parsed.err?.message;
  const request = [parsed.method, parsed.path, parsed.status].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');
  const text = [parsed.msg, request, reason].filter((part) => typeof part === 'string' && part !== '').join(': ');
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
