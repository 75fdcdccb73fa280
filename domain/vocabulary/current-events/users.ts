// /current names of user accounts and groups.
import { currentGroup } from '../current-event.ts';

export const userEvents = currentGroup(
  { category: 'user', sub_category: 'lifecycle' },
  {
    user_created: {
      v1: 'admin.user_provision',
      severity: 'success',
      description: '{calling_user_name} created an account for {target_user_name}',
    },
    user_updated: { v1: 'admin.user_update', description: '{calling_user_name} changed the account of {target_user_name}' },
    user_deleted: {
      v1: 'admin.user_delete',
      severity: 'danger',
      description: '{calling_user_name} closed the account of {target_user_name}',
    },
    user_email_reset: {
      v1: 'auth.email_reset',
      sub_category: 'security',
      severity: 'warning',
      notification: 'alert',
      description: 'The e-mail address of {target_user_name} was reset by {calling_user_name}',
    },
    user_asset_updated: {
      v1: 'admin.user_asset_update',
      sub_category: 'assets',
      visibility: 'external',
      permission: 'member',
      description: '{calling_user_name} changed the picture of {target_user_name}',
    },
    admin_user_suspend: {
      v1: 'admin.user_suspend',
      severity: 'danger',
      description: '{calling_user_name} suspended {target_user_name}',
    },
    admin_user_activate: {
      v1: 'admin.user_activate',
      severity: 'success',
      description: '{calling_user_name} made {target_user_name} active again',
    },
    admin_user_deactivate: {
      v1: 'admin.user_deactivate',
      severity: 'warning',
      description: '{calling_user_name} deactivated {target_user_name}',
    },
    admin_account_unlock: {
      v1: 'admin.account_unlock',
      sub_category: 'security',
      severity: 'success',
      description: 'The lock on the account {account} was ended by {calling_user_name}',
    },
  },
);

export const groupEvents = currentGroup(
  { category: 'user', sub_category: 'members' },
  {
    admin_group_create: {
      v1: 'admin.group_create',
      severity: 'success',
      activity: ['members'],
      description: '{calling_user_name} created the group {group_name}',
    },
    admin_group_update: {
      v1: 'admin.group_update',
      activity: ['members'],
      description: '{calling_user_name} changed the group {group_name}',
    },
    admin_group_delete: {
      v1: 'admin.group_delete',
      severity: 'danger',
      activity: ['members'],
      description: '{calling_user_name} dissolved the group {group_name}',
    },
  },
);
