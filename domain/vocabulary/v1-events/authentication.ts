// v1 names of the category authentication: who signed in, and how it went.
import { v1Group } from '../v1-event.ts';
import type { Escalation } from '../v1-event.ts';

const unsuccessful: readonly Escalation[] = [
  { outcome: 'failure', severity: 'warning' },
  { outcome: 'denied', severity: 'warning' },
];

export const authenticationEvents = v1Group('authentication', {
  'auth.login': { escalations: unsuccessful },
  'auth.logout': {},
  'auth.mfa_challenge': { escalations: unsuccessful },
  'auth.session_revoke': { severity: 'warning', resource_type: 'session' },
  'auth.session_revoke_all': { severity: 'warning', resource_type: 'user' },
  'auth.email_reset': { resource_type: 'user', current: 'user_email_reset' },
  'sync.device_register': { resource_type: 'device' },
  'sync.device_close': { resource_type: 'device' },
});
