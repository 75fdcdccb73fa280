// Measures ours beside its floor: alternating rounds in one run, medians and the ratio round by round.
export interface Contender {
  /** Runs one round and says how many things it did. */
  round(): Promise<number>;
  /** The processor time its server has used so far, in seconds; where it is given, things per second of it are compared. */
  readonly cpuSeconds?: () => Promise<number>;
}

export interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly ours: Contender;
  readonly floor: Contender;
  readonly oursIs: string;
  readonly floorIs: string;
  /** The ratio ours / floor that the project set itself; null where a figure is only reported. */
  readonly target: number | null;
}

export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly oursIs: string;
  readonly floorIs: string;
  readonly oursPerSecond: number;
  readonly floorPerSecond: number;
  /** Median of the rounds' own ratios: a machine that drifts in speed drifts for both. */
  readonly ratio: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  readonly rounds: number;
  readonly target: number | null;
}

/** Both sides still get faster in their second and third round, the compiler being at work, and not by the same part. */
const warmUpRounds = 3;

export async function compare(comparison: Comparison, { rounds }: { readonly rounds: number }): Promise<Measured> {
  const { name, unit, oursIs, floorIs, ours, floor, target } = comparison;
  for (let round = 0; round < warmUpRounds; round += 1) {
    await perSecond(ours);
    await perSecond(floor);
  }
  const pairs: { ours: number; floor: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first changes, so that neither always finds the caches of the other.
    const oursFirst = round % 2 === 0;
    const first = await perSecond(oursFirst ? ours : floor);
    const second = await perSecond(oursFirst ? floor : ours);
    pairs.push(oursFirst ? { ours: first, floor: second } : { ours: second, floor: first });
  }
  const ratios = pairs.map((pair) => pair.ours / pair.floor);
  return {
    name,
    unit,
    oursIs,
    floorIs,
    oursPerSecond: median(pairs.map((pair) => pair.ours)),
    floorPerSecond: median(pairs.map((pair) => pair.floor)),
    ratio: median(ratios),
    ratioMin: Math.min(...ratios),
    ratioMax: Math.max(...ratios),
    rounds,
    target,
  };
}

async function perSecond(contender: Contender): Promise<number> {
  const seconds = contender.cpuSeconds ?? (() => Promise.resolve(performance.now() / 1000));
  const started = await seconds();
  const done = await contender.round();
  return done / ((await seconds()) - started);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
