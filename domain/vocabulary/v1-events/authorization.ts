// v1 names of the category authorization: what was allowed, refused or granted.
import { v1Group } from '../v1-event.ts';

export const authorizationEvents = v1Group('authorization', {
  'authz.permission_denied': { severity: 'warning' },
  'authz.permission_check': {},
  'authz.role_grant': {},
  'authz.role_revoke': {},
  'authz.acl_change': {},
});
