// Guards what is made of stored settings and of wishes for others.
import { describe, expect, it } from '@jest/globals';
import { decideSettings } from '../../domain/settings/decide-settings.ts';
import { defaultSettings, settingsFrom } from '../../domain/settings/settings.ts';

describe('settingsFrom', () => {
  it('when nothing or nonsense is stored, then it is the defaults', () => {
    for (const stored of [undefined, null, 7, {}, { lockout_minutes: 'x', audit_retention_days: -1 }]) expect(settingsFrom(stored)).toEqual(defaultSettings);
  });

  it('when another release stored more or less, then what is known stays and the rest is the defaults', () => {
    expect(settingsFrom({ lockout_minutes: 60, of_a_newer_release: 1 })).toEqual({ ...defaultSettings, lockout_minutes: 60 });
  });
});

describe('decideSettings', () => {
  it('when everything is so already, then it is nothing', () => {
    expect(decideSettings(defaultSettings, {})).toBeNull();
    expect(decideSettings(defaultSettings, { lockout_max_attempts: 5, audit_retention_days: null })).toBeNull();
  });

  it('when something changes, then the rest stays and the groups are named', () => {
    expect(decideSettings(defaultSettings, { lockout_max_attempts: 3, audit_retention_days: 365, lockout_minutes: 15 })).toEqual({
      next: { ...defaultSettings, lockout_max_attempts: 3, audit_retention_days: 365 },
      details: {
        setting_group: ['retention', 'security'],
        changed: ['audit_retention_days', 'lockout_max_attempts'],
        before: { audit_retention_days: null, lockout_max_attempts: 5 },
        after: { audit_retention_days: 365, lockout_max_attempts: 3 },
      },
    });
  });
});
