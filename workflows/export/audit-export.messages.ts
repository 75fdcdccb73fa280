// How the workflow of an export is started.
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';

export const auditExportCarrier = { kind: 'audit_export', workflowType: 'auditExport', taskQueue: 'core' } as const satisfies JobCarrier;

/** The job of an export has the export's id. */
export type AuditExportInput = JobInput;
