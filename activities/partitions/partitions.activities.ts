// Makes the monthly partitions of the log ahead of time, and indexes the texts of months that are over.
import { ensurePartitions, indexNextClosedMonth } from '../../db/journal/partitions.ts';
import { monthsAhead } from '../../domain/partitions/months-ahead.ts';
import type { ActivityWorld } from '../world.ts';

export interface PartitionsMade extends Readonly<Record<string, number>> {
  readonly made: number;
  readonly months_ahead: number;
  readonly months_indexed: number;
}

export interface PartitionActivities {
  /** Run again it makes none and indexes none: what is there stays. An attempt that ends goes on with the next month. */
  makePartitions(): Promise<PartitionsMade>;
}

export function createPartitionActivities({ pool }: Pick<ActivityWorld, 'pool'>): PartitionActivities {
  return {
    async makePartitions() {
      const made = await ensurePartitions(pool, monthsAhead);
      let indexed = 0;
      while ((await indexNextClosedMonth(pool)) !== null) indexed += 1;
      return { made: made.length, months_ahead: monthsAhead, months_indexed: indexed };
    },
  };
}
