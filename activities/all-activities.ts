// Every activity there is, given one world.
import { createCheckpointActivities } from './evidence/checkpoint.activities.ts';
import { createJobActivities } from './job/job.activities.ts';
import { createLegalHoldActivities } from './legal-hold/legal-hold.activities.ts';
import { createPartitionActivities } from './partitions/partitions.activities.ts';
import { createLockoutActivities } from './lockout/lockout.activities.ts';
import { createRetentionActivities } from './retention/retention.activities.ts';
import type { ActivityWorld } from './world.ts';

export function createActivities(world: ActivityWorld) {
  return { ...createJobActivities(world), ...createCheckpointActivities(world), ...createPartitionActivities(world), ...createLegalHoldActivities(world), ...createRetentionActivities(world), ...createLockoutActivities(world) };
}
