// Looks after the monthly partitions of the log: made ahead of time, dropped when runs have emptied them, and indexed when they are over.
import { dropEmptiedMonth, ensurePartitions, indexNextClosedMonth, listPartitions } from '../../db/journal/partitions.ts';
import type { DropOutcome } from '../../db/journal/partitions.ts';
import { monthsAhead } from '../../domain/partitions/months-ahead.ts';
import { monthsOver } from '../../domain/partitions/months-over.ts';
import type { ActivityWorld } from '../world.ts';

export interface PartitionsMade extends Readonly<Record<string, number>> {
  readonly made: number;
  readonly months_ahead: number;
  readonly months_dropped: number;
  /** Emptied, and not dropped because somebody was in the way: the next time tries again. */
  readonly months_in_use: number;
  readonly months_indexed: number;
}

export interface PartitionActivities {
  /** Run again it makes, drops and indexes what is left to do. An attempt that ends goes on with the next month. */
  makePartitions(): Promise<PartitionsMade>;
}

export function createPartitionActivities({ pool, clock }: Pick<ActivityWorld, 'pool' | 'clock'>): PartitionActivities {
  return {
    async makePartitions() {
      const made = await ensurePartitions(pool, monthsAhead);
      const outcomes: DropOutcome[] = [];
      for (const month of monthsOver(await listPartitions(pool), clock.nowMs())) outcomes.push(await dropEmptiedMonth(pool, month));
      const count = (wanted: DropOutcome): number => outcomes.filter((outcome) => outcome === wanted).length;
      let indexed = 0;
      while ((await indexNextClosedMonth(pool)) !== null) indexed += 1;
      return { made: made.length, months_ahead: monthsAhead, months_dropped: count('dropped'), months_in_use: count('in use'), months_indexed: indexed };
    },
  };
}
