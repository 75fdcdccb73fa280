// The one table of what is done through our own doors: each action with its words for the internal log and its v1 name.

export type OwnActionKind =
  /** Changes something: its entry is written in the transaction of the change. */
  | 'effect'
  /** Only looks: recorded after the answer is known; delivered live only where it was refused. */
  | 'read';

export interface OwnActionWords {
  readonly resourceType: ResourceType;
  /** What the internal log calls its success. */
  readonly code: string;
  /** Failures are called after it: `…_ERROR`, `…_NOT_FOUND`, `…_CONFLICT`, `…_INVALID`. */
  readonly stem: string;
  /** The v1 name unless the entry says a more precise one. */
  readonly eventType: string;
  readonly kind: OwnActionKind;
  /** What was concluded about anybody's rights before it may be wrong after it. */
  readonly touchesRights: boolean;
  /** `named`: whoever its names are for. Otherwise administrators alone, whatever its names say. */
  readonly audience: 'admins' | 'named';
  /** For a thing of which a tenant has exactly one. */
  readonly resourceId: string | null;
}

/** What the internal log calls a kind of thing, and what the audit object calls one of them. */
export const resourceTypes = {
  accounts: 'account',
  activity: 'audit',
  audit: 'audit',
  config: 'config',
  devices: 'device',
  evidence: 'evidence',
  exports: 'export',
  groups: 'group',
  internal_audit: 'audit',
  jobs: 'job',
  legal_holds: 'legal_hold',
  members: 'member',
  profiles: 'profile',
  reports: 'report',
  retention_policies: 'retention_policy',
  retention_runs: 'retention_run',
  saved_queries: 'saved_query',
  sessions: 'session',
  siem_destinations: 'siem_destination',
  statistics: 'audit',
  sync: 'share',
  tenants: 'tenant',
  users: 'user',
  webhooks: 'webhook',
} as const;
export type ResourceType = keyof typeof resourceTypes;

const rights = { touchesRights: true } as const;
/** The directory's writes are news for the people of a profile, as its producers' entries are. */
const directory = { touchesRights: true, audience: 'named' } as const;
const read = { kind: 'read' } as const;

export const ownActions = {
  create_user: ownAction({ resourceType: 'users', stem: 'USER_CREATE', code: 'USER_CREATED', eventType: 'admin.user_provision', ...directory }),
  update_user: ownAction({ resourceType: 'users', stem: 'USER_UPDATE', code: 'USER_UPDATED', eventType: 'admin.user_update', ...directory }),
  delete_user: ownAction({ resourceType: 'users', stem: 'USER_DELETE', code: 'USER_DELETED', eventType: 'admin.user_delete', ...directory }),
  create_group: ownAction({ resourceType: 'groups', stem: 'GROUP_CREATE', code: 'GROUP_CREATED', eventType: 'admin.group_create', ...directory }),
  update_group: ownAction({ resourceType: 'groups', stem: 'GROUP_UPDATE', code: 'GROUP_UPDATED', eventType: 'admin.group_update', ...directory }),
  delete_group: ownAction({ resourceType: 'groups', stem: 'GROUP_DELETE', code: 'GROUP_DELETED', eventType: 'admin.group_delete', ...directory }),
  create_profile: ownAction({ resourceType: 'profiles', stem: 'PROFILE_CREATE', code: 'PROFILE_CREATED', eventType: 'admin.profile_create', ...directory }),
  update_profile: ownAction({ resourceType: 'profiles', stem: 'PROFILE_UPDATE', code: 'PROFILE_UPDATED', eventType: 'admin.profile_update', ...directory }),
  delete_profile: ownAction({ resourceType: 'profiles', stem: 'PROFILE_DELETE', code: 'PROFILE_DELETED', eventType: 'admin.profile_delete', ...directory }),
  add_member: ownAction({ resourceType: 'members', stem: 'MEMBER_ADD', code: 'MEMBER_ADDED', eventType: 'share.member_added', ...directory }),
  update_member: ownAction({ resourceType: 'members', stem: 'MEMBER_UPDATE', code: 'MEMBER_UPDATED', eventType: 'share.member_role_changed', ...directory }),
  remove_member: ownAction({ resourceType: 'members', stem: 'MEMBER_REMOVE', code: 'MEMBER_REMOVED', eventType: 'share.member_removed', ...directory }),

  create_tenant: ownAction({ resourceType: 'tenants', stem: 'TENANT_CREATE', code: 'TENANT_CREATED', eventType: 'admin.tenant_create', ...rights }),
  update_tenant: ownAction({ resourceType: 'tenants', stem: 'TENANT_UPDATE', code: 'TENANT_UPDATED', eventType: 'admin.tenant_update' }),
  update_config: ownAction({
    resourceType: 'config',
    resourceId: 'global',
    stem: 'CONFIG_UPDATE',
    code: 'CONFIG_UPDATED',
    eventType: 'admin.settings_change',
  }),

  force_sync: ownAction({ resourceType: 'sync', stem: 'SYNC_FORCE', code: 'SYNC_FORCED', eventType: 'sync.force' }),
  update_sync_preference: ownAction({
    resourceType: 'devices',
    stem: 'SYNC_PREFERENCE_UPDATE',
    code: 'SYNC_PREFERENCE_UPDATED',
    eventType: 'sync.preference_update',
  }),
  register_device: ownAction({ resourceType: 'devices', stem: 'DEVICE_REGISTER', code: 'DEVICE_REGISTERED', eventType: 'sync.device_register' }),
  close_device: ownAction({ resourceType: 'devices', stem: 'DEVICE_CLOSE', code: 'DEVICE_CLOSED', eventType: 'sync.device_close', ...rights }),

  revoke_session: ownAction({ resourceType: 'sessions', stem: 'SESSION_REVOKE', code: 'SESSION_REVOKED', eventType: 'auth.session_revoke', ...rights }),
  revoke_all_sessions: ownAction({
    resourceType: 'sessions',
    stem: 'SESSIONS_REVOKE',
    code: 'SESSIONS_REVOKED',
    eventType: 'auth.session_revoke_all',
    ...rights,
  }),
  lock_account: ownAction({ resourceType: 'accounts', stem: 'ACCOUNT_LOCK', code: 'ACCOUNT_LOCKED', eventType: 'security.account_lockout' }),
  unlock_account: ownAction({ resourceType: 'accounts', stem: 'ACCOUNT_UNLOCK', code: 'ACCOUNT_UNLOCKED', eventType: 'admin.account_unlock' }),

  create_legal_hold: ownAction({ resourceType: 'legal_holds', stem: 'LEGAL_HOLD_CREATE', code: 'LEGAL_HOLD_CREATED', eventType: 'compliance.legal_hold_create' }),
  update_legal_hold: ownAction({ resourceType: 'legal_holds', stem: 'LEGAL_HOLD_UPDATE', code: 'LEGAL_HOLD_UPDATED', eventType: 'compliance.legal_hold_update' }),
  add_legal_hold_items: ownAction({
    resourceType: 'legal_holds',
    stem: 'LEGAL_HOLD_ITEMS_ADD',
    code: 'LEGAL_HOLD_ITEMS_ADDED',
    eventType: 'compliance.legal_hold_item_add',
  }),
  release_legal_hold_items: ownAction({
    resourceType: 'legal_holds',
    stem: 'LEGAL_HOLD_ITEMS_RELEASE',
    code: 'LEGAL_HOLD_ITEMS_RELEASED',
    eventType: 'compliance.legal_hold_item_release',
  }),
  release_legal_hold: ownAction({
    resourceType: 'legal_holds',
    stem: 'LEGAL_HOLD_RELEASE',
    code: 'LEGAL_HOLD_RELEASED',
    eventType: 'compliance.legal_hold_release',
  }),
  expire_legal_hold: ownAction({ resourceType: 'legal_holds', stem: 'LEGAL_HOLD_EXPIRE', code: 'LEGAL_HOLD_EXPIRED', eventType: 'compliance.legal_hold_expiry' }),
  check_legal_hold: ownAction({ resourceType: 'legal_holds', stem: 'LEGAL_HOLD_CHECK', code: 'LEGAL_HOLD_CHECKED', eventType: 'compliance.legal_hold_check', ...read }),
  block_deletion: ownAction({
    resourceType: 'legal_holds',
    stem: 'LEGAL_HOLD_GUARD',
    code: 'LEGAL_HOLD_BLOCKED_DELETION',
    eventType: 'compliance.legal_hold_blocked_deletion',
  }),

  create_retention_policy: ownAction({
    resourceType: 'retention_policies',
    stem: 'RETENTION_POLICY_CREATE',
    code: 'RETENTION_POLICY_CREATED',
    eventType: 'compliance.retention_policy_create',
  }),
  update_retention_policy: ownAction({
    resourceType: 'retention_policies',
    stem: 'RETENTION_POLICY_UPDATE',
    code: 'RETENTION_POLICY_UPDATED',
    eventType: 'compliance.retention_policy_update',
  }),
  disable_retention_policy: ownAction({
    resourceType: 'retention_policies',
    stem: 'RETENTION_POLICY_DISABLE',
    code: 'RETENTION_POLICY_DISABLED',
    eventType: 'compliance.retention_policy_update',
  }),
  delete_retention_policy: ownAction({
    resourceType: 'retention_policies',
    stem: 'RETENTION_POLICY_DELETE',
    code: 'RETENTION_POLICY_DELETED',
    eventType: 'compliance.retention_policy_delete',
  }),
  plan_retention: ownAction({ resourceType: 'retention_policies', stem: 'RETENTION_PLAN', code: 'RETENTION_PLANNED', eventType: 'compliance.retention_plan' }),
  run_retention: ownAction({ resourceType: 'retention_runs', stem: 'RETENTION_RUN', code: 'RETENTION_RUN_STARTED', eventType: 'compliance.retention_run' }),
  approve_retention_run: ownAction({
    resourceType: 'retention_runs',
    stem: 'RETENTION_RUN_APPROVE',
    code: 'RETENTION_RUN_APPROVED',
    eventType: 'compliance.retention_run_approve',
  }),
  cancel_retention_run: ownAction({
    resourceType: 'retention_runs',
    stem: 'RETENTION_RUN_CANCEL',
    code: 'RETENTION_RUN_CANCELLED',
    eventType: 'compliance.retention_run_cancel',
  }),
  pause_retention_run: ownAction({
    resourceType: 'retention_runs',
    stem: 'RETENTION_RUN_PAUSE',
    code: 'RETENTION_RUN_PAUSED',
    eventType: 'compliance.retention_run_pause',
  }),
  resume_retention_run: ownAction({
    resourceType: 'retention_runs',
    stem: 'RETENTION_RUN_RESUME',
    code: 'RETENTION_RUN_RESUMED',
    eventType: 'compliance.retention_run_resume',
  }),
  quarantine_retention_run: ownAction({
    resourceType: 'retention_runs',
    stem: 'RETENTION_RUN_QUARANTINE',
    code: 'RETENTION_RUN_QUARANTINED',
    eventType: 'compliance.retention_run_quarantine',
  }),
  restore_retention_run: ownAction({
    resourceType: 'retention_runs',
    stem: 'RETENTION_RUN_RESTORE',
    code: 'RETENTION_RUN_RESTORED',
    eventType: 'compliance.retention_run_restore',
  }),
  confirm_retention_run: ownAction({
    resourceType: 'retention_runs',
    stem: 'RETENTION_RUN_CONFIRM',
    code: 'RETENTION_RUN_CONFIRMED',
    eventType: 'compliance.retention_run_confirm',
  }),
  complete_retention_run: ownAction({
    resourceType: 'retention_runs',
    stem: 'RETENTION_RUN_COMPLETE',
    code: 'RETENTION_RUN_COMPLETED',
    eventType: 'compliance.retention_run',
  }),
  prune_audit: ownAction({ resourceType: 'retention_runs', stem: 'AUDIT_PRUNE', code: 'AUDIT_PRUNED', eventType: 'compliance.audit_prune' }),
  download_retention_evidence: ownAction({
    resourceType: 'retention_runs',
    stem: 'RETENTION_EVIDENCE_DOWNLOAD',
    code: 'RETENTION_EVIDENCE_DOWNLOADED',
    eventType: 'compliance.evidence_view',
    ...read,
  }),

  create_export: ownAction({ resourceType: 'exports', stem: 'EXPORT_CREATE', code: 'EXPORT_CREATED', eventType: 'compliance.export' }),
  complete_export: ownAction({ resourceType: 'exports', stem: 'EXPORT_COMPLETE', code: 'EXPORT_COMPLETED', eventType: 'compliance.export' }),
  stream_export: ownAction({ resourceType: 'exports', stem: 'EXPORT_STREAM', code: 'EXPORT_STREAMED', eventType: 'compliance.export' }),
  expire_export: ownAction({ resourceType: 'exports', stem: 'EXPORT_EXPIRE', code: 'EXPORT_EXPIRED', eventType: 'compliance.export_expiry' }),
  cancel_export: ownAction({ resourceType: 'exports', stem: 'EXPORT_CANCEL', code: 'EXPORT_CANCELLED', eventType: 'compliance.export_cancel' }),
  download_export: ownAction({ resourceType: 'exports', stem: 'EXPORT_DOWNLOAD', code: 'EXPORT_DOWNLOADED', eventType: 'compliance.export_download', ...read }),

  create_report: ownAction({ resourceType: 'reports', stem: 'REPORT_CREATE', code: 'REPORT_CREATED', eventType: 'compliance.report_create' }),
  update_report: ownAction({ resourceType: 'reports', stem: 'REPORT_UPDATE', code: 'REPORT_UPDATED', eventType: 'compliance.report_update' }),
  delete_report: ownAction({ resourceType: 'reports', stem: 'REPORT_DELETE', code: 'REPORT_DELETED', eventType: 'compliance.report_delete' }),
  complete_report: ownAction({ resourceType: 'reports', stem: 'REPORT_COMPLETE', code: 'REPORT_COMPLETED', eventType: 'compliance.report_ready' }),

  create_saved_query: ownAction({ resourceType: 'saved_queries', stem: 'SAVED_QUERY_CREATE', code: 'SAVED_QUERY_CREATED', eventType: 'compliance.saved_query_create' }),
  update_saved_query: ownAction({ resourceType: 'saved_queries', stem: 'SAVED_QUERY_UPDATE', code: 'SAVED_QUERY_UPDATED', eventType: 'compliance.saved_query_update' }),
  delete_saved_query: ownAction({ resourceType: 'saved_queries', stem: 'SAVED_QUERY_DELETE', code: 'SAVED_QUERY_DELETED', eventType: 'compliance.saved_query_delete' }),
  run_saved_query: ownAction({ resourceType: 'saved_queries', stem: 'SAVED_QUERY_RUN', code: 'SAVED_QUERY_RAN', eventType: 'compliance.audit_view', ...read }),

  view_audit_events: ownAction({ resourceType: 'audit', stem: 'AUDIT_EVENTS_VIEW', code: 'AUDIT_EVENTS_VIEWED', eventType: 'compliance.audit_view', ...read }),
  view_audit_event: ownAction({ resourceType: 'audit', stem: 'AUDIT_EVENT_VIEW', code: 'AUDIT_EVENT_VIEWED', eventType: 'compliance.audit_view', ...read }),
  explain_audit_event: ownAction({ resourceType: 'audit', stem: 'AUDIT_EVENT_EXPLAIN', code: 'AUDIT_EVENT_EXPLAINED', eventType: 'compliance.audit_view', ...read }),
  view_audit_facets: ownAction({ resourceType: 'audit', stem: 'AUDIT_FACETS_VIEW', code: 'AUDIT_FACETS_VIEWED', eventType: 'compliance.audit_view', ...read }),
  view_activity: ownAction({ resourceType: 'activity', stem: 'ACTIVITY_VIEW', code: 'ACTIVITY_VIEWED', eventType: 'compliance.audit_view', ...read }),
  view_audit: ownAction({ resourceType: 'audit', stem: 'AUDIT_VIEW', code: 'AUDIT_VIEWED', eventType: 'compliance.audit_view', ...read }),
  view_stats: ownAction({ resourceType: 'statistics', stem: 'AUDIT_STATS_VIEW', code: 'AUDIT_STATS_VIEWED', eventType: 'compliance.audit_view', ...read }),
  view_internal_audit: ownAction({
    resourceType: 'internal_audit',
    stem: 'INTERNAL_AUDIT_VIEW',
    code: 'INTERNAL_AUDIT_VIEWED',
    eventType: 'compliance.internal_audit_view',
    ...read,
  }),
  view_evidence: ownAction({ resourceType: 'evidence', stem: 'EVIDENCE_VIEW', code: 'EVIDENCE_VIEWED', eventType: 'compliance.evidence_view', ...read }),

  start_job: ownAction({ resourceType: 'jobs', stem: 'JOB_START', code: 'JOB_STARTED', eventType: 'admin.job_start' }),
  cancel_job: ownAction({ resourceType: 'jobs', stem: 'JOB_CANCEL', code: 'JOB_CANCELLED', eventType: 'admin.job_cancel' }),

  create_webhook: ownAction({ resourceType: 'webhooks', stem: 'WEBHOOK_CREATE', code: 'WEBHOOK_CREATED', eventType: 'admin.webhook_create' }),
  update_webhook: ownAction({ resourceType: 'webhooks', stem: 'WEBHOOK_UPDATE', code: 'WEBHOOK_UPDATED', eventType: 'admin.webhook_update' }),
  delete_webhook: ownAction({ resourceType: 'webhooks', stem: 'WEBHOOK_DELETE', code: 'WEBHOOK_DELETED', eventType: 'admin.webhook_delete' }),
  create_siem_destination: ownAction({
    resourceType: 'siem_destinations',
    stem: 'SIEM_DESTINATION_CREATE',
    code: 'SIEM_DESTINATION_CREATED',
    eventType: 'admin.siem_destination_create',
  }),
  update_siem_destination: ownAction({
    resourceType: 'siem_destinations',
    stem: 'SIEM_DESTINATION_UPDATE',
    code: 'SIEM_DESTINATION_UPDATED',
    eventType: 'admin.siem_destination_update',
  }),
  delete_siem_destination: ownAction({
    resourceType: 'siem_destinations',
    stem: 'SIEM_DESTINATION_DELETE',
    code: 'SIEM_DESTINATION_DELETED',
    eventType: 'admin.siem_destination_delete',
  }),
} as const satisfies Readonly<Record<string, OwnActionWords>>;

export type OwnActionName = keyof typeof ownActions;

/** Entries of an older or a newer release may name an action that this one does not know. */
export function findOwnAction(action: string): OwnActionWords | undefined {
  return byName.get(action);
}

const byName: ReadonlyMap<string, OwnActionWords> = new Map(Object.entries(ownActions));

type Described = Pick<OwnActionWords, 'resourceType' | 'code' | 'stem' | 'eventType'> & Partial<OwnActionWords>;

function ownAction(words: Described): OwnActionWords {
  return { kind: 'effect', touchesRights: false, audience: 'admins', resourceId: null, ...words };
}
