// Rows that the database writes to us by COPY, as blocks of bytes; a reader that is slow slows the database down.
import type pg from 'pg';

/** How a row is written down, given the bytes of its line without the line's end. */
export interface RowFrame {
  /** Before every row but the first. */
  readonly between: string;
  readonly after: string;
}

const blockBytes = 256 * 1024;
/** Read ahead of whoever takes the blocks. */
const mostWaitingBytes = 1024 * 1024;

/** To be given to `client.query`, on a connection that is not pipelined, and then read to its end. */
export class CopyRows implements pg.Submittable {
  /** So far. */
  rows = 0;
  readonly #text: string;
  readonly #between: Buffer;
  readonly #after: Buffer;
  #isFirst: boolean;
  #connection: pg.Connection | null = null;
  #block = Buffer.allocUnsafe(blockBytes);
  #used = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isOver = false;
  #isUnwanted = false;
  #error: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(text: string, { between, after, isFirst }: RowFrame & { readonly isFirst: boolean }) {
    this.#text = text;
    this.#between = Buffer.from(between);
    this.#after = Buffer.from(after);
    this.#isFirst = isFirst;
  }

  /** Ends when the database has written everything. Whoever leaves before that lets the rest pass unread. */
  async *blocks(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const block = this.#waiting.shift();
        if (block !== undefined) {
          this.#waitingBytes -= block.byteLength;
          if (this.#waitingBytes < mostWaitingBytes) this.#connection?.stream.resume();
          yield block;
        } else if (this.#error !== null) throw this.#error;
        else if (this.#isOver) return;
        else await this.#more();
      }
    } finally {
      this.#isUnwanted = true;
      this.#waiting = [];
      this.#connection?.stream.resume();
    }
  }

  submit(connection: pg.Connection): void {
    this.#connection = connection;
    connection.query(this.#text);
  }

  /** One message is one row. Its bytes are copied here: the driver uses them again. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.rows += 1;
    if (this.#isUnwanted) return;
    if (!this.#isFirst) this.#add(this.#between);
    this.#isFirst = false;
    this.#add(chunk.subarray(0, chunk.byteLength - 1));
    this.#add(this.#after);
    if (this.#waitingBytes >= mostWaitingBytes) this.#connection?.stream.pause();
  }

  handleCommandComplete(): void {
    this.#pass();
  }

  handleReadyForQuery(): void {
    this.#isOver = true;
    this.#wakeUp();
  }

  handleError(error: unknown): void {
    this.#error = error instanceof Error ? error : new Error(String(error));
    this.#wakeUp();
  }

  #add(bytes: Buffer): void {
    for (let at = 0; at < bytes.byteLength; ) {
      const copied = bytes.copy(this.#block, this.#used, at);
      at += copied;
      this.#used += copied;
      if (this.#used === blockBytes) this.#pass();
    }
  }

  #pass(): void {
    if (this.#used === 0) return;
    this.#waiting.push(this.#block.subarray(0, this.#used));
    this.#waitingBytes += this.#used;
    this.#block = Buffer.allocUnsafe(blockBytes);
    this.#used = 0;
    this.#wakeUp();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
