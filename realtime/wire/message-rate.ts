// How many messages a client may send: a burst, and so many a second after it.
import type { Clock } from '../../domain/shared/clock.ts';

export interface MessageRate {
  readonly burst: number;
  readonly perSecond: number;
}

export const messageRate: MessageRate = { burst: 200, perSecond: 50 };
/** Messages of clients are short: a name, an id, a filter. */
export const messageBytes = 64 * 1024;

export class MessageAllowance {
  readonly #rate: MessageRate;
  readonly #clock: Clock;
  #left: number;
  #countedAtMs: number;

  constructor(clock: Clock, rate: MessageRate = messageRate) {
    this.#rate = rate;
    this.#clock = clock;
    this.#left = rate.burst;
    this.#countedAtMs = clock.nowMs();
  }

  /** False when this message is one too many. */
  take(): boolean {
    const nowMs = this.#clock.nowMs();
    const { burst, perSecond } = this.#rate;
    this.#left = Math.min(burst, this.#left + ((nowMs - this.#countedAtMs) / 1000) * perSecond);
    this.#countedAtMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
