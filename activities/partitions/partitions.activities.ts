// Makes the monthly partitions of the log ahead of time.
import { ensurePartitions } from '../../db/journal/partitions.ts';
import { monthsAhead } from '../../domain/partitions/months-ahead.ts';
import type { ActivityWorld } from '../world.ts';

export interface PartitionsMade extends Readonly<Record<string, number>> {
  readonly made: number;
  readonly months_ahead: number;
}

export interface PartitionActivities {
  /** Run again it makes none: what is there stays. */
  makePartitions(): Promise<PartitionsMade>;
}

export function createPartitionActivities({ pool }: Pick<ActivityWorld, 'pool'>): PartitionActivities {
  return {
    async makePartitions() {
      const made = await ensurePartitions(pool, monthsAhead);
      return { made: made.length, months_ahead: monthsAhead };
    },
  };
}
