// The list of workflows a worker runs: what is bundled is what stands here.
export { auditExport } from './export/audit-export.workflow.ts';
export { auditReport } from './export/audit-report.workflow.ts';
export { checkpoint } from './evidence/checkpoint.workflow.ts';
export { eventSummary } from './summary/event-summary.workflow.ts';
export { legalHold } from './legal-hold/legal-hold.workflow.ts';
export { lockout } from './lockout/lockout.workflow.ts';
export { partitionsAhead } from './partitions/partitions-ahead.workflow.ts';
export { retentionDue } from './retention/retention-due.workflow.ts';
export { retentionRun } from './retention/retention-run.workflow.ts';
