// When the tail asks the database: often while somebody waits, seldom otherwise, at once when told to, and never twice at a time.
export interface Rounds {
  /** Starts a round now, or right after the one that is running. */
  now(): void;
  /** Sees to it that a round is due. */
  soon(): void;
  /** Waits for the round that is running; none follows. */
  stop(): Promise<void>;
}

export interface RoundsOptions {
  readonly round: () => Promise<void>;
  readonly isSomeoneWaiting: () => boolean;
  readonly onError: (error: unknown) => void;
  readonly pollMs: number;
  readonly idlePollMs: number;
}

const afterErrorMs = 250;

export function createRounds({ round, isSomeoneWaiting, onError, pollMs, idlePollMs }: RoundsOptions): Rounds {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let timerIsEager = false;
  let wanted = false;
  let running: Promise<void> | undefined;

  function now(): void {
    if (stopped) return;
    if (running !== undefined) {
      wanted = true;
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    running = round()
      .then(
        () => undefined,
        (error: unknown) => {
          onError(error);
          return afterErrorMs;
        },
      )
      .then((delayMs) => {
        running = undefined;
        if (wanted && delayMs === undefined) {
          wanted = false;
          now();
        } else schedule(delayMs);
      });
  }

  function schedule(delayMs?: number): void {
    if (stopped || running !== undefined) return;
    const eager = isSomeoneWaiting();
    if (timer !== undefined) {
      // Only the slow timer is exchanged for the fast one: a timer set anew at every new reader would never fire.
      if (timerIsEager || !eager) return;
      clearTimeout(timer);
    }
    timerIsEager = eager || delayMs !== undefined;
    timer = setTimeout(now, delayMs ?? (eager ? pollMs : idlePollMs));
  }

  return {
    now,
    soon: () => {
      schedule();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
