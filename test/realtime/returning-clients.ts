// Many clients of the UI socket that come back by themselves with their cursor, as advised or at once, and check what they get.
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

export interface Returning {
  readonly url: () => string;
  readonly token: string;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** The ids of files are numbers in the order they are written. */
export class ReturningClient {
  readonly #options: Returning;
  #socket: WebSocket | undefined;
  #cursor: string | null = null;
  #lastFrame: string | null = null;
  #next = 0;
  #gone = false;
  /** What did not come in its turn, and why connections were refused. */
  readonly faults: string[] = [];
  /** As each stopping server advised. */
  readonly advisedMs: number[] = [];
  connections = 0;

  constructor(options: Returning) {
    this.#options = options;
  }

  /** How many entries came, each in its turn. */
  get received(): number {
    return this.#next;
  }

  connect(): Promise<void> {
    return new Promise((resolve) => {
      const { url, token } = this.#options;
      const from = this.#cursor === null ? '' : `&cursor=${this.#cursor}`;
      const socket = new WebSocket(`${url().replace('http', 'ws')}/api/v1/realtime/ws?token=${token}${from}`, { perMessageDeflate: false, handshakeTimeout: 30_000 });
      this.#socket = socket;
      socket.on('open', () => {
        socket.send('{"action":"subscribe","share_id":"shr_1"}');
      });
      socket.on('message', (data: Buffer) => {
        if (this.#read(data.toString('latin1'))) resolve();
      });
      socket.on('error', () => undefined);
      socket.on('close', (code, reason) => {
        void this.#comeBack(code, reason.toString());
      });
    });
  }

  leave(): void {
    this.#gone = true;
    this.#socket?.terminate();
  }

  /** True for the confirmation; thousands of frames are not parsed only to be counted. */
  #read(frame: string): boolean {
    const file = /"file_id":"(\d+)"/.exec(frame)?.[1];
    if (file === undefined) {
      if (frame.includes('"error"')) this.faults.push(frame);
      if (!frame.includes('"subscribed"')) return false;
      this.#cursor ??= cursorIn(frame);
      this.connections += 1;
      return true;
    }
    if (Number(file) !== this.#next) this.faults.push(`${file} came in the place of ${String(this.#next)}`);
    this.#next = Number(file) + 1;
    this.#lastFrame = frame;
    return false;
  }

  async #comeBack(code: number, reason: string): Promise<void> {
    if (this.#hasLeft()) return;
    // 1006 is a cut, or nobody who listens.
    if (code !== 1001 && code !== 1006) this.faults.push(`closed with ${String(code)} ${reason}`);
    if (this.#lastFrame !== null) this.#cursor = cursorIn(this.#lastFrame);
    const advised = /retry_after_ms=(\d+)$/.exec(reason)?.[1];
    if (advised !== undefined) this.advisedMs.push(Number(advised));
    await pause(advised === undefined ? 50 + this.#options.random() * 100 : Number(advised));
    if (!this.#hasLeft()) await this.connect();
  }

  #hasLeft(): boolean {
    return this.#gone;
  }
}

function cursorIn(frame: string): string | null {
  return /"cursor":"([^"]+)"/.exec(frame)?.[1] ?? null;
}
