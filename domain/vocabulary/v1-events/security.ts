// v1 names of the category security: what somebody should look at.
import { v1Group } from '../v1-event.ts';

export const securityEvents = v1Group('security', {
  'security.suspicious_login': { severity: 'critical' },
  'security.mfa_disabled': { severity: 'warning', resource_type: 'user' },
  'security.ip_block': { severity: 'critical' },
  'security.account_lockout': { severity: 'warning', resource_type: 'account' },
  'security.webhook_delivery_failed': { severity: 'warning' },
});
