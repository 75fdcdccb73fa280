// How the workflow of an export is started, and on which queue its heavy steps wait.
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';

export const auditExportCarrier = { kind: 'audit_export', workflowType: 'auditExport', taskQueue: 'core' } as const satisfies JobCarrier;

/** The job of an export has the export's id. */
export type AuditExportInput = JobInput;

/** Few at a time: each reads as fast as the database writes. */
export const bulkTaskQueue = 'bulk';
