// Names of signing in, of rights and of alarms: v1 names that go by themselves in /current.
import { categoryByPlace, currentGroup } from '../current-event.ts';

export const signInEvents = currentGroup(
  { category: 'user', sub_category: 'authentication' },
  {
    auth_login: { v1: 'auth.login', description: 'Sign-in of {calling_user_name} from {ip_address}: {outcome}' },
    auth_logout: { v1: 'auth.logout', description: '{calling_user_name} signed out' },
    auth_mfa_challenge: { v1: 'auth.mfa_challenge', description: 'Second factor asked of {calling_user_name}: {outcome}' },
    auth_session_revoke: {
      v1: 'auth.session_revoke',
      severity: 'warning',
      notification: 'alert',
      description: '{calling_user_name} ended a session of {target_user_name}',
    },
    auth_session_revoke_all: {
      v1: 'auth.session_revoke_all',
      severity: 'warning',
      notification: 'alert',
      description: '{calling_user_name} ended every session of {target_user_name}',
    },
    sync_device_register: {
      v1: 'sync.device_register',
      severity: 'success',
      activity: ['settings'],
      description: '{calling_user_name} connected the device {device_name}',
    },
    sync_device_close: {
      v1: 'sync.device_close',
      severity: 'warning',
      activity: ['settings'],
      description: '{calling_user_name} disconnected the device {device_name}',
    },
  },
);

export const rightsEvents = currentGroup(
  { category: categoryByPlace('user'), sub_category: 'security' },
  {
    authz_permission_denied: {
      v1: 'authz.permission_denied',
      tells_outcome: true,
      severity: 'danger',
      description: '{calling_user_name} was kept away from {resource_name}',
    },
    authz_permission_check: {
      v1: 'authz.permission_check',
      description: 'Rights of {calling_user_name} on {resource_name} were checked: {outcome}',
    },
    authz_role_grant: {
      v1: 'authz.role_grant',
      sub_category: 'members',
      severity: 'success',
      description: '{calling_user_name} gave {member_name} the role {role}',
    },
    authz_role_revoke: {
      v1: 'authz.role_revoke',
      sub_category: 'members',
      severity: 'warning',
      description: '{calling_user_name} took the role {role} from {member_name}',
    },
    authz_acl_change: {
      v1: 'authz.acl_change',
      severity: 'warning',
      description: '{calling_user_name} changed who may do what with {resource_name}',
    },
  },
);

export const alarmEvents = currentGroup(
  { category: 'user', sub_category: 'security' },
  {
    security_suspicious_login: {
      v1: 'security.suspicious_login',
      tells_outcome: true,
      severity: 'danger',
      notification: 'alert',
      description: 'Sign-ins to the account {account} look suspicious',
    },
    security_mfa_disabled: {
      v1: 'security.mfa_disabled',
      severity: 'danger',
      notification: 'alert',
      description: '{calling_user_name} turned the second factor off for {target_user_name}',
    },
    security_ip_block: {
      v1: 'security.ip_block',
      tells_outcome: true,
      category: 'org',
      severity: 'danger',
      notification: 'alert',
      description: 'The address {ip_address} was blocked',
    },
    security_account_lockout: {
      v1: 'security.account_lockout',
      tells_outcome: true,
      severity: 'danger',
      notification: 'alert',
      description: 'The account {account} is locked for {ip_address} until {blocked_until}',
    },
    security_webhook_delivery_failed: {
      v1: 'security.webhook_delivery_failed',
      tells_outcome: true,
      category: 'apps',
      severity: 'danger',
      notification: 'alert',
      description: 'A delivery to {endpoint} was given up',
    },
  },
);

export const syncEvents = currentGroup(
  { category: categoryByPlace('share'), sub_category: 'settings' },
  {
    sync_force: {
      v1: 'sync.force',
      visibility: 'internal',
      permission: 'admin',
      activity: [],
      description: '{calling_user_name} ordered every device to fetch {share_name} anew',
    },
    sync_preference_update: {
      v1: 'sync.preference_update',
      visibility: 'internal',
      permission: 'admin',
      activity: [],
      description: '{calling_user_name} changed what {device_name} keeps of {share_name}',
    },
  },
);
