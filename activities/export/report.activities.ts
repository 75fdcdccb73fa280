// Makes the export of a report whose time has come.
import { makeReport } from '../../db/export/make-report.ts';
import type { ReportOutcome } from '../../domain/export/report.schema.ts';
import type { ActivityWorld } from '../world.ts';

export interface ReportActivities {
  /** Run again, it finds the export of this time and makes no other. */
  makeReport(job: { readonly tenantId: string; readonly jobId: string }): Promise<ReportOutcome>;
}

export function createReportActivities(world: Pick<ActivityWorld, 'pool' | 'clock' | 'ids'>): ReportActivities {
  return { makeReport: (job) => makeReport(world, job) };
}
