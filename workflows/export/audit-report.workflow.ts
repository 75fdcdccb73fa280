// One time of a report's schedule: asks for its export, which a workflow of its own carries.
import { proxyActivities } from '@temporalio/workflow';
import type { ReportActivities } from '../../activities/export/report.activities.ts';
import type { JobState } from '../../domain/job/job.ts';
import { carryJob } from '../job/carry-job.ts';
import { auditReportCarrier } from './audit-report.messages.ts';
import type { AuditReportInput } from './audit-report.messages.ts';

export function auditReport(input: AuditReportInput): Promise<JobState> {
  return carryJob({ kind: auditReportCarrier.kind, input, work: async (job) => ({ ...(await making.makeReport(job)) }) });
}

const making = proxyActivities<ReportActivities>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '12h',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});
