// What the hub needs of a wire: to put frames on it, to see how much of them is not taken yet, and to end it.
import type { Ending } from './close-codes.ts';

export interface Wire<Frame> {
  /** Put on the wire and not taken by the peer's side yet. */
  readonly queuedBytes: number;
  readonly queuedFrames: number;
  /** All that was ever put on it. */
  readonly sentBytes: number;
  /** Pings sent since the peer was last heard; always 0 where the wire looks after itself. */
  readonly unansweredPings: number;
  send(frame: Frame): void;
  ping(): void;
  /** Ends it politely, and by force soon after. */
  close(ending: Ending): void;
}
