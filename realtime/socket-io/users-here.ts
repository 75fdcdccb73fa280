// Who is in which room of this process, and what of that the others were not told yet: a round costs what came or went, however many are there.
import type { RoomUser } from '../../db/realtime/presence.ts';

export interface Movement {
  readonly entered: readonly RoomUser[];
  readonly left: readonly RoomUser[];
}

/** Everywhere below, a key is a room and a user. */
export class UsersHere {
  readonly #connections = new Map<string, number>();
  readonly #told = new Map<string, RoomUser>();
  readonly #untold = new Map<string, RoomUser>();

  get isEmpty(): boolean {
    return this.#connections.size === 0 && this.#told.size === 0;
  }

  enter(one: RoomUser): void {
    const key = keyOf(one);
    const connections = this.#connections.get(key) ?? 0;
    this.#connections.set(key, connections + 1);
    if (connections === 0) this.#untold.set(key, one);
  }

  /** Once for each time they entered. */
  leave(one: RoomUser): void {
    const key = keyOf(one);
    const connections = this.#connections.get(key) ?? 0;
    if (connections > 1) {
      this.#connections.set(key, connections - 1);
      return;
    }
    this.#connections.delete(key);
    this.#untold.set(key, one);
  }

  /** Who came and left again in between is neither. */
  untold(): Movement {
    const untold = [...this.#untold];
    return {
      entered: untold.flatMap(([key, one]) => (this.#connections.has(key) && !this.#told.has(key) ? [one] : [])),
      left: untold.flatMap(([key, one]) => (!this.#connections.has(key) && this.#told.has(key) ? [one] : [])),
    };
  }

  /** What moved while it was told is left to the next time. */
  wasTold({ entered, left }: Movement): void {
    for (const one of entered) this.#told.set(keyOf(one), one);
    for (const one of left) this.#told.delete(keyOf(one));
    for (const key of this.#untold.keys()) if (this.#connections.has(key) === this.#told.has(key)) this.#untold.delete(key);
  }

  /** A crash of the database empties the table: what it does not show of us is told again. */
  shown(ours: readonly RoomUser[]): void {
    const shown = new Set(ours.map(keyOf));
    for (const [key, one] of this.#told) {
      if (shown.has(key)) continue;
      this.#told.delete(key);
      this.#untold.set(key, one);
    }
  }

  roomsTold(): ReadonlySet<string> {
    return new Set([...this.#told.values()].map(({ room }) => room));
  }
}

function keyOf({ room, userId }: RoomUser): string {
  return JSON.stringify([room, userId]);
}
