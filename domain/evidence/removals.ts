// What a verified log says was removed, by run: tombstones alone could have been made by anybody who can write them.
import { rangesText } from './seq-ranges.ts';
import type { SeqRange } from './seq-ranges.ts';

export interface Removal {
  readonly runId: string;
  readonly firstSeq: number;
  readonly count: number;
  readonly ranges: readonly SeqRange[];
  /** The ranges as text, as certificates are hashed over them. */
  readonly seqs: string;
}

export interface RemovalCollector {
  /** In the order of the log. */
  add(runId: string, seq: number): void;
  removals(): readonly Removal[];
}

export function createRemovalCollector(): RemovalCollector {
  const runs = new Map<string, { count: number; readonly firstSeq: number; last: { from: number; through: number }; readonly ranges: SeqRange[] }>();
  return {
    add(runId, seq) {
      const run = runs.get(runId);
      if (run?.last.through === seq - 1) run.last.through = seq;
      else {
        const last = { from: seq, through: seq };
        if (run === undefined) runs.set(runId, { count: 0, firstSeq: seq, last, ranges: [last] });
        else {
          run.last = last;
          run.ranges.push(last);
        }
      }
      const now = runs.get(runId);
      if (now !== undefined) now.count += 1;
    },
    removals: () => [...runs].map(([runId, { count, firstSeq, ranges }]) => ({ runId, firstSeq, count, ranges, seqs: rangesText(ranges) })),
  };
}
