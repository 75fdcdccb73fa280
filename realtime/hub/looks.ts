// Looks at everybody once in a while, at some of them at a time: thousands at once would hold up what goes out just then.
export interface Looks {
  stop(): void;
}

export interface LooksOptions {
  readonly everybody: Everybody;
  readonly everyMs: number;
}

/** Who ends while they are looked at leaves it, and who comes is looked at in their turn. */
type Everybody = ReadonlySet<{ look(): void }>;

const parts = 10;

export function createLooks({ everybody, everyMs }: LooksOptions): Looks {
  const timer = setInterval(lookInTurns(everybody), everyMs / parts);
  return {
    stop() {
      clearInterval(timer);
    },
  };
}

/** Each call looks at the next tenth of them. */
export function lookInTurns(everybody: Everybody): () => void {
  let rest = everybody.values();
  const next = (): { look(): void } | undefined => {
    const { value } = rest.next();
    if (value !== undefined) return value;
    rest = everybody.values();
    return rest.next().value;
  };
  return () => {
    for (let count = Math.ceil(everybody.size / parts); count > 0; count -= 1) next()?.look();
  };
}
