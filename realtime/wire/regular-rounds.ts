// Does something again and again with a wait before each time, as long as there is something to do it for; never twice at a time.
export interface RegularRounds {
  /** There is something to do it for: a round follows, if none is due already. */
  wanted(): void;
  /** Waits for the round that is running; none follows. */
  stop(): Promise<void>;
}

export interface RegularRoundsOptions {
  readonly round: () => Promise<void>;
  readonly isWanted: () => boolean;
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
}

export function createRegularRounds({ round, isWanted, everyMs, onError }: RegularRoundsOptions): RegularRounds {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function wanted(): void {
    if (stopped || timer !== undefined || !isWanted()) return;
    timer = setTimeout(() => {
      running = round()
        .catch(onError)
        .finally(() => {
          timer = undefined;
          wanted();
        });
    }, everyMs);
  }

  return {
    wanted,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
