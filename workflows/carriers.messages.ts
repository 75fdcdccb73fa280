// Every kind of job with the workflow that carries it.
import type { JobCarrier } from '../domain/job/carrier.ts';
import type { JobKind } from '../domain/job/kinds.ts';
import { checkpointCarrier } from './evidence/checkpoint.messages.ts';
import { auditExportCarrier } from './export/audit-export.messages.ts';
import { auditReportCarrier } from './export/audit-report.messages.ts';
import { legalHoldCarrier } from './legal-hold/legal-hold.messages.ts';
import { partitionsAheadCarrier } from './partitions/partitions-ahead.messages.ts';
import { retentionDueCarrier } from './retention/retention-due.messages.ts';
import { retentionRunCarrier } from './retention/retention-run.messages.ts';

export const carriers: Readonly<Record<JobKind, JobCarrier>> = {
  checkpoint: checkpointCarrier,
  partitions_ahead: partitionsAheadCarrier,
  legal_hold: legalHoldCarrier,
  retention_due: retentionDueCarrier,
  retention_run: retentionRunCarrier,
  audit_export: auditExportCarrier,
  audit_report: auditReportCarrier,
};
