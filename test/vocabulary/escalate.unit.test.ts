// Which outcome and which details raise the severity of which v1 name, and that nothing else does.
import { describe, expect, it } from '@jest/globals';
import { escalate } from '../../domain/vocabulary/escalate.ts';
import { resolveNames } from '../../domain/vocabulary/resolve-names.ts';
import type { V1Event } from '../../domain/vocabulary/v1-event.ts';
import { findV1Event, v1EventNames } from '../../domain/vocabulary/v1-events.ts';
import type { Outcome, V1Severity } from '../../domain/vocabulary/v1-words.ts';

interface Case {
  readonly name: string;
  readonly outcome?: Outcome;
  readonly details?: Record<string, unknown>;
  readonly severity: V1Severity;
}

const table: readonly Case[] = [
  { name: 'auth.login', severity: 'info' },
  { name: 'auth.login', outcome: 'failure', severity: 'warning' },
  { name: 'auth.login', outcome: 'denied', severity: 'warning' },
  { name: 'auth.mfa_challenge', severity: 'info' },
  { name: 'auth.mfa_challenge', outcome: 'failure', severity: 'warning' },
  { name: 'auth.logout', outcome: 'failure', severity: 'info' },
  { name: 'auth.session_revoke', severity: 'warning' },
  { name: 'authz.permission_denied', outcome: 'denied', severity: 'warning' },
  { name: 'authz.permission_check', severity: 'info' },
  { name: 'file.delete', severity: 'info' },
  { name: 'file.delete', details: { permanent: true }, severity: 'warning' },
  { name: 'file.delete', details: { permanent: false }, severity: 'info' },
  { name: 'file.delete', details: { permanent: 'true' }, severity: 'info' },
  { name: 'folder.delete', details: { permanent: true }, severity: 'warning' },
  { name: 'file.update', details: { permanent: true }, severity: 'info' },
  { name: 'admin.settings_change', details: { setting_group: 'sharing' }, severity: 'info' },
  { name: 'admin.settings_change', details: { setting_group: 'security' }, severity: 'warning' },
  { name: 'admin.settings_change', details: { setting_group: 'retention' }, severity: 'warning' },
  { name: 'admin.settings_change', details: { setting_group: ['sharing', 'retention'] }, severity: 'warning' },
  { name: 'security.suspicious_login', severity: 'critical' },
  { name: 'security.mfa_disabled', severity: 'warning' },
  { name: 'security.ip_block', severity: 'critical' },
  { name: 'security.account_lockout', outcome: 'denied', severity: 'warning' },
  { name: 'security.webhook_delivery_failed', severity: 'warning' },
  { name: 'compliance.legal_hold_create', severity: 'info' },
  { name: 'compliance.legal_hold_release', severity: 'warning' },
  { name: 'compliance.legal_hold_blocked_deletion', severity: 'warning' },
  { name: 'compliance.retention_run', severity: 'info' },
  { name: 'compliance.retention_run', details: { partial: true }, severity: 'warning' },
  { name: 'compliance.retention_run', outcome: 'failure', severity: 'warning' },
  { name: 'compliance.dlp_match', severity: 'warning' },
  { name: 'compliance.dlp_match', details: { blocked: true }, severity: 'critical' },
  { name: 'compliance.export', severity: 'info' },
  { name: 'compliance.audit_prune', severity: 'info' },
  { name: 'admin.account_unlock', severity: 'info' },
];

describe('escalation', () => {
  it.each(table)('when $name comes with $outcome $details, then it is $severity', ({ name, outcome, details, severity }) => {
    expect(resolveNames({ event_type: name, outcome: outcome ?? 'success', details }).severity).toBe(severity);
  });

  it('when an entry comes by its /current name, then the same rules hold', () => {
    const deleted = { event: 'share_storage_file_deleted', outcome: 'success', details: { permanent: true } } as const;
    expect(resolveNames(deleted).severity).toBe('warning');
  });

  it('when the entry states its severity, then nothing raises it', () => {
    expect(resolveNames({ event_type: 'auth.login', outcome: 'failure', severity: 'info' }).severity).toBe('info');
  });

  it('when two rules apply, then the graver one counts, in whatever order they stand', () => {
    const event: V1Event = {
      ...knownEvent('auth.login'),
      escalations: [
        { detail: 'blocked', equals: true, severity: 'critical' },
        { outcome: 'failure', severity: 'warning' },
      ],
    };
    expect(escalate({ event, entry: { outcome: 'failure', details: { blocked: true } } })).toBe('critical');
  });

  it('when a rule names a milder severity than the name has, then the name keeps its own', () => {
    const event: V1Event = { ...knownEvent('security.ip_block'), escalations: [{ outcome: 'failure', severity: 'warning' }] };
    expect(escalate({ event, entry: { outcome: 'failure' } })).toBe('critical');
  });

  it('when all names are walked, then only these can escalate', () => {
    const escalating = v1EventNames.filter((name) => knownEvent(name).escalations.length > 0);
    expect(escalating.sort()).toEqual([
      'admin.settings_change',
      'auth.login',
      'auth.mfa_challenge',
      'compliance.dlp_match',
      'compliance.retention_run',
      'file.delete',
      'folder.delete',
    ]);
  });
});

function knownEvent(name: string): V1Event {
  const event = findV1Event(name);
  if (event === undefined) throw new Error(`${name} is not known`);
  return event;
}
