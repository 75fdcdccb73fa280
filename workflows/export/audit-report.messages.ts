// How the workflow that a report's schedule starts is started.
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';

export const auditReportCarrier = { kind: 'audit_report', workflowType: 'auditReport', taskQueue: 'core' } as const satisfies JobCarrier;

export type AuditReportInput = JobInput;
