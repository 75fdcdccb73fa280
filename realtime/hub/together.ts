// Does for many at once what costs as much for one: whoever comes while it is being done goes with the next lot.
export interface Together<T> {
  /** Answers when the lot it went with is done; fails with it. */
  join(one: T): Promise<void>;
}

export function createTogether<T>({ atMost, work }: { readonly atMost: number; readonly work: (lot: readonly T[]) => Promise<void> }): Together<T> {
  const waiting: { readonly one: T; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const lot = waiting.splice(0, atMost);
      try {
        await work(lot.map(({ one }) => one));
        for (const { resolve } of lot) resolve();
      } catch (error) {
        for (const { reject } of lot) reject(error);
      }
    }
    running = false;
  }

  return {
    join: (one) =>
      new Promise((resolve, reject) => {
        waiting.push({ one, resolve, reject });
        if (!running) void run();
      }),
  };
}
