// Every activity there is, given one world.
import { createCheckpointActivities } from './evidence/checkpoint.activities.ts';
import { createExportActivities } from './export/export.activities.ts';
import { createReportActivities } from './export/report.activities.ts';
import { createJobActivities } from './job/job.activities.ts';
import { createLegalHoldActivities } from './legal-hold/legal-hold.activities.ts';
import { createPartitionActivities } from './partitions/partitions.activities.ts';
import { createLockoutActivities } from './lockout/lockout.activities.ts';
import { createRetentionDueActivities } from './retention/retention-due.activities.ts';
import { createRetentionActivities } from './retention/retention.activities.ts';
import { createSummaryActivities } from './summary/summary.activities.ts';
import type { ActivityWorld } from './world.ts';

export function createActivities(world: ActivityWorld) {
  return { ...createJobActivities(world), ...createExportActivities(world), ...createReportActivities(world), ...createCheckpointActivities(world), ...createPartitionActivities(world), ...createLegalHoldActivities(world), ...createRetentionActivities(world), ...createRetentionDueActivities(world), ...createLockoutActivities(world), ...createSummaryActivities(world) };
}
