// Names of holds, retention, exports and looking into the log: v1 names that go by themselves in /current.
import { categoryByPlace, currentGroup } from '../current-event.ts';

export const holdEvents = currentGroup(
  { category: 'org', sub_category: 'security' },
  {
    compliance_legal_hold_create: {
      v1: 'compliance.legal_hold_create',
      notification: 'badge',
      description: '{calling_user_name} placed the legal hold {hold_name}',
    },
    compliance_legal_hold_notice: {
      v1: 'compliance.legal_hold_notice',
      visibility: 'external',
      permission: 'targeted',
      severity: 'warning',
      notification: 'alert',
      description: 'You are a custodian of the legal hold {hold_name}: do not delete what it covers',
    },
    compliance_legal_hold_update: {
      v1: 'compliance.legal_hold_update',
      description: '{calling_user_name} corrected the description of the legal hold {hold_name}',
    },
    compliance_legal_hold_item_add: {
      v1: 'compliance.legal_hold_item_add',
      description: '{calling_user_name} widened the legal hold {hold_name}',
    },
    compliance_legal_hold_item_release: {
      v1: 'compliance.legal_hold_item_release',
      severity: 'warning',
      notification: 'badge',
      description: '{calling_user_name} released a part of the legal hold {hold_name}',
    },
    compliance_legal_hold_expiry: {
      v1: 'compliance.legal_hold_expiry',
      severity: 'warning',
      notification: 'alert',
      description: 'The end date of the legal hold {hold_name} has come; it stays in force until somebody releases it',
    },
    compliance_legal_hold_release: {
      v1: 'compliance.legal_hold_release',
      severity: 'warning',
      notification: 'alert',
      description: '{calling_user_name} released the legal hold {hold_name}',
    },
    compliance_legal_hold_blocked_deletion: {
      v1: 'compliance.legal_hold_blocked_deletion',
      tells_outcome: true,
      category: categoryByPlace('org'),
      severity: 'danger',
      notification: 'alert',
      description: 'A legal hold kept {calling_user_name} from deleting {resource_name}',
    },
  },
);

export const retentionEvents = currentGroup(
  { category: 'org', sub_category: 'lifecycle' },
  {
    compliance_retention_policy_create: {
      v1: 'compliance.retention_policy_create',
      severity: 'success',
      description: '{calling_user_name} created the retention policy {policy_name}',
    },
    compliance_retention_policy_update: {
      v1: 'compliance.retention_policy_update',
      severity: 'warning',
      description: '{calling_user_name} changed the retention policy {policy_name}',
    },
    compliance_retention_policy_delete: {
      v1: 'compliance.retention_policy_delete',
      severity: 'danger',
      description: '{calling_user_name} deleted the retention policy {policy_name}',
    },
    compliance_retention_plan: {
      v1: 'compliance.retention_plan',
      activity: [],
      description: '{calling_user_name} planned what the retention policy {policy_name} would remove',
    },
    compliance_retention_run: {
      v1: 'compliance.retention_run',
      notification: 'badge',
      activity: [],
      description: 'The retention policy {policy_name} was carried out: {outcome}',
    },
    compliance_retention_run_approve: {
      v1: 'compliance.retention_run_approve',
      severity: 'warning',
      activity: [],
      description: '{calling_user_name} approved a run of the retention policy {policy_name}',
    },
    compliance_retention_run_cancel: {
      v1: 'compliance.retention_run_cancel',
      activity: [],
      description: '{calling_user_name} cancelled a run of the retention policy {policy_name}',
    },
    compliance_retention_run_pause: {
      v1: 'compliance.retention_run_pause',
      activity: [],
      description: '{calling_user_name} paused a run of the retention policy {policy_name}',
    },
    compliance_retention_run_resume: {
      v1: 'compliance.retention_run_resume',
      activity: [],
      description: '{calling_user_name} let a run of the retention policy {policy_name} go on',
    },
    compliance_retention_run_quarantine: {
      v1: 'compliance.retention_run_quarantine',
      severity: 'warning',
      activity: [],
      description: 'A run of the retention policy {policy_name} put entries into quarantine',
    },
    compliance_retention_run_restore: {
      v1: 'compliance.retention_run_restore',
      severity: 'success',
      activity: [],
      description: '{calling_user_name} gave back what a run of {policy_name} had put into quarantine',
    },
    compliance_retention_run_confirm: {
      v1: 'compliance.retention_run_confirm',
      severity: 'warning',
      activity: [],
      description: '{calling_user_name} confirmed what a run of {policy_name} had put into quarantine',
    },
    compliance_audit_prune: {
      v1: 'compliance.audit_prune',
      severity: 'warning',
      activity: [],
      description: 'Entries older than the retention policy {policy_name} allows were removed from the log',
    },
  },
);

export const contentMatchEvents = currentGroup(
  { category: categoryByPlace('org'), sub_category: 'security' },
  {
    compliance_dlp_match: {
      v1: 'compliance.dlp_match',
      tells_outcome: true,
      severity: 'danger',
      notification: 'alert',
      description: 'Sensitive content was found in {resource_name} of {calling_user_name}',
    },
  },
);

export const logReadingEvents = currentGroup(
  { category: 'org', sub_category: 'import_export' },
  {
    compliance_export: { v1: 'compliance.export', description: '{calling_user_name} exported audit events' },
    compliance_export_cancel: {
      v1: 'compliance.export_cancel',
      severity: 'warning',
      description: '{calling_user_name} cancelled an export of audit events',
    },
    compliance_export_expiry: {
      v1: 'compliance.export_expiry',
      description: 'The files of an audit export have expired',
    },
    compliance_export_download: {
      v1: 'compliance.export_download',
      description: '{calling_user_name} downloaded a file of an audit export',
    },
    compliance_report_create: {
      v1: 'compliance.report_create',
      sub_category: 'settings',
      severity: 'success',
      description: '{calling_user_name} scheduled the report {report_name}',
    },
    compliance_report_update: {
      v1: 'compliance.report_update',
      sub_category: 'settings',
      description: '{calling_user_name} changed the report {report_name}',
    },
    compliance_report_delete: {
      v1: 'compliance.report_delete',
      sub_category: 'settings',
      severity: 'warning',
      description: '{calling_user_name} ended the report {report_name}',
    },
    compliance_report_ready: {
      v1: 'compliance.report_ready',
      tells_outcome: true,
      notification: 'alert',
      description: 'The scheduled report {report_name} was made: {outcome}',
    },
    compliance_saved_query_create: {
      v1: 'compliance.saved_query_create',
      sub_category: 'settings',
      severity: 'success',
      description: '{calling_user_name} saved the query {query_name}',
    },
    compliance_saved_query_update: {
      v1: 'compliance.saved_query_update',
      sub_category: 'settings',
      description: '{calling_user_name} changed the saved query {query_name}',
    },
    compliance_saved_query_delete: {
      v1: 'compliance.saved_query_delete',
      sub_category: 'settings',
      severity: 'warning',
      description: '{calling_user_name} deleted the saved query {query_name}',
    },
    compliance_audit_view: {
      v1: 'compliance.audit_view',
      sub_category: 'security',
      description: '{calling_user_name} read the audit log',
    },
    compliance_internal_audit_view: {
      v1: 'compliance.internal_audit_view',
      sub_category: 'security',
      description: '{calling_user_name} read the log of administrators’ actions',
    },
    compliance_evidence_view: {
      v1: 'compliance.evidence_view',
      sub_category: 'security',
      description: '{calling_user_name} fetched evidence of the log',
    },
    compliance_legal_hold_check: {
      v1: 'compliance.legal_hold_check',
      sub_category: 'security',
      description: '{calling_user_name} asked whether something is held',
    },
  },
);
