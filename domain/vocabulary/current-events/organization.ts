// /current names of organizations, of what they pay for, and of the settings of the tenant around them.
import { categoryByPlace, currentGroup } from '../current-event.ts';

export const organizationEvents = currentGroup(
  { category: 'org', sub_category: 'lifecycle' },
  {
    org_created: {
      v1: 'admin.profile_create',
      visibility: 'external',
      permission: 'member',
      severity: 'success',
      description: '{calling_user_name} founded the organization {org_name}',
    },
    org_updated: {
      v1: 'admin.profile_update',
      visibility: 'external',
      permission: 'member',
      description: '{calling_user_name} changed the organization {org_name}',
    },
    org_closed: {
      v1: 'admin.profile_delete',
      visibility: 'external',
      permission: 'member',
      severity: 'danger',
      notification: 'alert',
      description: '{calling_user_name} closed the organization {org_name}',
    },
    org_transfer_token_created: {
      v1: 'admin.org_transfer_start',
      sub_category: 'transfer',
      severity: 'warning',
      notification: 'alert',
      description: '{calling_user_name} began handing {org_name} over to a new owner',
    },
    org_transfer_completed: {
      v1: 'admin.org_transfer_complete',
      sub_category: 'transfer',
      visibility: 'external',
      permission: 'member',
      severity: 'success',
      notification: 'alert',
      description: '{calling_user_name} took over {org_name} as its new owner',
    },
    admin_tenant_create: {
      v1: 'admin.tenant_create',
      severity: 'success',
      description: '{calling_user_name} created the tenant {tenant_name}',
    },
    admin_tenant_update: { v1: 'admin.tenant_update', description: '{calling_user_name} changed the tenant {tenant_name}' },
  },
);

export const settingsEvents = currentGroup(
  { category: categoryByPlace('org'), sub_category: 'settings' },
  {
    admin_settings_change: {
      v1: 'admin.settings_change',
      severity: 'warning',
      description: '{calling_user_name} changed settings ({setting_group})',
    },
    admin_job_start: { v1: 'admin.job_start', description: '{calling_user_name} asked for the job {resource_name}' },
    admin_job_cancel: { v1: 'admin.job_cancel', description: '{calling_user_name} cancelled the job {resource_name}' },
    admin_webhook_create: { v1: 'admin.webhook_create', description: '{calling_user_name} set up the webhook {resource_name}' },
    admin_webhook_update: { v1: 'admin.webhook_update', description: '{calling_user_name} changed the webhook {resource_name}' },
    admin_webhook_delete: { v1: 'admin.webhook_delete', description: '{calling_user_name} removed the webhook {resource_name}' },
    admin_siem_destination_create: { v1: 'admin.siem_destination_create', description: '{calling_user_name} set up the SIEM destination {resource_name}' },
    admin_siem_destination_update: { v1: 'admin.siem_destination_update', description: '{calling_user_name} changed the SIEM destination {resource_name}' },
    admin_siem_destination_delete: { v1: 'admin.siem_destination_delete', description: '{calling_user_name} removed the SIEM destination {resource_name}' },
    admin_quota_change: { v1: 'admin.quota_change', description: '{calling_user_name} changed the quota of {resource_name}' },
  },
);

export const billingEvents = currentGroup(
  { category: 'billing', sub_category: 'billing' },
  {
    subscription_created: {
      v1: 'admin.subscription_create',
      severity: 'success',
      description: '{calling_user_name} subscribed {org_name} to {plan_name}',
    },
    subscription_cancelled: {
      v1: 'admin.subscription_cancel',
      severity: 'warning',
      notification: 'alert',
      description: '{calling_user_name} cancelled the subscription of {org_name}',
    },
    billing_free_trial_ended: {
      v1: 'admin.trial_end',
      severity: 'warning',
      notification: 'alert',
      description: 'The free trial of {org_name} is over',
    },
  },
);

export const importEvents = currentGroup(
  { category: 'import', sub_category: 'cloud_import' },
  {
    import_source_sync_failed: {
      v1: 'admin.import_sync_fail',
      tells_outcome: true,
      severity: 'danger',
      notification: 'alert',
      description: 'Fetching from {source_name} failed; nothing newer was imported',
    },
  },
);
