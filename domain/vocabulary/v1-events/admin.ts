// v1 names of the category admin: settings, tenants, users, groups, profiles, and what a tenant pays for.
import { v1Group } from '../v1-event.ts';
import type { Escalation } from '../v1-event.ts';
import type { ByPlace } from '../place.ts';

const sensitiveSettings: readonly Escalation[] = [
  { detail: 'setting_group', equals: 'security', severity: 'warning' },
  { detail: 'setting_group', equals: 'retention', severity: 'warning' },
];

const profileCreated: ByPlace<string> = {
  share: 'share_created',
  workspace: 'workspace_created',
  org: 'org_created',
  nowhere: 'org_created',
};
const profileUpdated: ByPlace<string> = {
  share: 'share_updated',
  workspace: 'workspace_updated',
  org: 'org_updated',
  nowhere: 'org_updated',
};
const profileClosed: ByPlace<string> = {
  share: 'share_deleted',
  workspace: 'workspace_deleted',
  org: 'org_closed',
  nowhere: 'org_closed',
};

export const adminEvents = v1Group('admin', {
  'admin.settings_change': { resource_type: 'config', escalations: sensitiveSettings },
  'admin.quota_change': {},
  'admin.tenant_create': { resource_type: 'tenant' },
  'admin.tenant_update': { resource_type: 'tenant' },

  'admin.user_provision': { resource_type: 'user', current: 'user_created' },
  'admin.user_update': { resource_type: 'user', current: 'user_updated' },
  'admin.user_asset_update': { resource_type: 'user', current: 'user_asset_updated' },
  'admin.user_suspend': { resource_type: 'user' },
  'admin.user_activate': { resource_type: 'user' },
  'admin.user_deactivate': { resource_type: 'user' },
  'admin.user_delete': { resource_type: 'user', current: 'user_deleted' },
  'admin.account_unlock': { resource_type: 'account' },

  'admin.group_create': { resource_type: 'group' },
  'admin.group_update': { resource_type: 'group' },
  'admin.group_delete': { resource_type: 'group' },

  'admin.profile_create': { placed_by: 'resource_type', current: profileCreated },
  'admin.profile_update': { placed_by: 'resource_type', current: profileUpdated },
  'admin.profile_delete': { placed_by: 'resource_type', current: profileClosed },
  'admin.workspace_archive': { resource_type: 'workspace', current: 'workspace_archived' },
  'admin.workspace_unarchive': { resource_type: 'workspace', current: 'workspace_unarchived' },
  'admin.org_transfer_start': { resource_type: 'org', severity: 'warning', current: 'org_transfer_token_created' },
  'admin.org_transfer_complete': { resource_type: 'org', severity: 'warning', current: 'org_transfer_completed' },

  'admin.subscription_create': { resource_type: 'org', current: 'subscription_created' },
  'admin.subscription_cancel': { resource_type: 'org', current: 'subscription_cancelled' },
  'admin.trial_end': { resource_type: 'org', current: 'billing_free_trial_ended' },
  'admin.import_sync_fail': { severity: 'warning', current: 'import_source_sync_failed' },
  'admin.workflow_enable': { current: 'workflow_enabled' },
  'admin.workflow_disable': { current: 'workflow_disabled' },

  'admin.job_start': { resource_type: 'job' },
  'admin.job_cancel': { resource_type: 'job' },
  'admin.webhook_create': { resource_type: 'webhook' },
  'admin.webhook_update': { resource_type: 'webhook' },
  'admin.webhook_delete': { resource_type: 'webhook' },
  'admin.siem_destination_create': { resource_type: 'siem_destination' },
  'admin.siem_destination_update': { resource_type: 'siem_destination' },
  'admin.siem_destination_delete': { resource_type: 'siem_destination' },

  'sync.force': { resource_type: 'share' },
  'sync.preference_update': { resource_type: 'device' },
});
