// The boards of this process: one for each log that is polled, closed when nobody has polled it for a while.
import type { Clock } from '../../domain/shared/clock.ts';
import type { TailLog } from '../journal/tail-log.ts';
import { Board } from './board.ts';

export interface BoardsOptions {
  readonly clock: Clock;
  /** Told now and then that a polled log has grown. */
  readonly onGrown: (tenantId: string) => void;
}

interface Used {
  readonly board: Board;
  usedAtMs: number;
}

export class Boards {
  readonly #clock: Clock;
  readonly #onGrown: (tenantId: string) => void;
  readonly #open = new Map<string, Used>();
  readonly #sweep: NodeJS.Timeout;

  constructor({ clock, onGrown }: BoardsOptions) {
    this.#clock = clock;
    this.#onGrown = onGrown;
    this.#sweep = setInterval(() => {
      this.#closeUnused();
    }, sweepIntervalMs);
    this.#sweep.unref();
  }

  get held(): number {
    return [...this.#open.values()].reduce((sum, { board }) => sum + board.held, 0);
  }

  of(log: TailLog): Board {
    const known = this.#open.get(log.tenantId);
    if (known?.board.log === log) {
      known.usedAtMs = this.#clock.nowMs();
      return known.board;
    }
    known?.board.close();
    const board = new Board({ log, onGrown: this.#onGrown });
    this.#open.set(log.tenantId, { board, usedAtMs: this.#clock.nowMs() });
    return board;
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const { board } of this.#open.values()) board.close();
    this.#open.clear();
  }

  /** A client is away between two polls: its board waits for it longer than that takes. */
  #closeUnused(): void {
    for (const [tenantId, { board, usedAtMs }] of this.#open) {
      if (board.held > 0 || this.#clock.nowMs() - usedAtMs < unusedMs) continue;
      board.close();
      this.#open.delete(tenantId);
    }
  }
}

const sweepIntervalMs = 15_000;
const unusedMs = 60_000;
