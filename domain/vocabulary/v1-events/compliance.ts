// v1 names of the category compliance: holds, retention, exports, and who looked into the log.
import { v1Group } from '../v1-event.ts';
import type { Escalation } from '../v1-event.ts';

const notWhole: readonly Escalation[] = [
  { detail: 'partial', equals: true, severity: 'warning' },
  { outcome: 'failure', severity: 'warning' },
];
const stopped: readonly Escalation[] = [{ detail: 'blocked', equals: true, severity: 'critical' }];

export const complianceEvents = v1Group('compliance', {
  'compliance.legal_hold_create': { resource_type: 'legal_hold' },
  'compliance.legal_hold_notice': { resource_type: 'legal_hold' },
  'compliance.legal_hold_update': { resource_type: 'legal_hold' },
  'compliance.legal_hold_item_add': { resource_type: 'legal_hold' },
  'compliance.legal_hold_item_release': { resource_type: 'legal_hold', severity: 'warning' },
  'compliance.legal_hold_expiry': { resource_type: 'legal_hold', severity: 'warning' },
  'compliance.legal_hold_release': { resource_type: 'legal_hold', severity: 'warning' },
  'compliance.legal_hold_blocked_deletion': { severity: 'warning' },

  'compliance.retention_policy_create': { resource_type: 'retention_policy' },
  'compliance.retention_policy_update': { resource_type: 'retention_policy', severity: 'warning' },
  'compliance.retention_policy_delete': { resource_type: 'retention_policy', severity: 'warning' },
  'compliance.retention_plan': { resource_type: 'retention_policy' },
  'compliance.retention_run': { resource_type: 'retention_run', escalations: notWhole },
  'compliance.retention_run_approve': { resource_type: 'retention_run' },
  'compliance.retention_run_cancel': { resource_type: 'retention_run' },
  'compliance.retention_run_pause': { resource_type: 'retention_run' },
  'compliance.retention_run_resume': { resource_type: 'retention_run' },
  'compliance.retention_run_quarantine': { resource_type: 'retention_run' },
  'compliance.retention_run_restore': { resource_type: 'retention_run' },
  'compliance.retention_run_confirm': { resource_type: 'retention_run' },
  'compliance.audit_prune': { resource_type: 'retention_run' },

  'compliance.dlp_match': { severity: 'warning', escalations: stopped },

  'compliance.export': { resource_type: 'export' },
  'compliance.export_cancel': { resource_type: 'export' },
  'compliance.export_expiry': { resource_type: 'export' },
  'compliance.export_download': { resource_type: 'export' },
  'compliance.report_create': { resource_type: 'report' },
  'compliance.report_update': { resource_type: 'report' },
  'compliance.report_delete': { resource_type: 'report' },
  'compliance.report_ready': { resource_type: 'report' },
  'compliance.saved_query_create': { resource_type: 'saved_query' },
  'compliance.saved_query_update': { resource_type: 'saved_query' },
  'compliance.saved_query_delete': { resource_type: 'saved_query' },
  'compliance.audit_view': { resource_type: 'audit' },
  'compliance.internal_audit_view': { resource_type: 'audit' },
  'compliance.evidence_view': { resource_type: 'evidence' },
  'compliance.legal_hold_check': { resource_type: 'legal_hold' },
});
