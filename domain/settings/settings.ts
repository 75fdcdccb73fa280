// The settings of a tenant: each with its schema, its default and the group it belongs to.
import { z } from 'zod';

/** A change in one of these groups is told of as a warning. */
export type SettingGroup = 'security' | 'retention';

const days = wholeNumber({ min: 0, max: 36_500 }).nullable();

export const settings = z.strictObject({
  audit_retention_days: days,
  changelog_retention_days: days,
  lockout_max_attempts: wholeNumber({ min: 1, max: 1_000 }),
  lockout_window_minutes: wholeNumber({ min: 1, max: 1_440 }),
  lockout_minutes: wholeNumber({ min: 1, max: 44_640 }),
  suspicious_login_addresses: wholeNumber({ min: 2, max: 1_000_000 }),
});
export type Settings = z.output<typeof settings>;
export type SettingName = keyof Settings;

export const defaultSettings: Settings = {
  audit_retention_days: null,
  changelog_retention_days: null,
  lockout_max_attempts: 5,
  lockout_window_minutes: 15,
  lockout_minutes: 15,
  suspicious_login_addresses: 1_000,
};

export const groupOf: Readonly<Record<SettingName, SettingGroup>> = {
  audit_retention_days: 'retention',
  changelog_retention_days: 'retention',
  lockout_max_attempts: 'security',
  lockout_window_minutes: 'security',
  lockout_minutes: 'security',
  suspicious_login_addresses: 'security',
};

export const settingNames = Object.keys(defaultSettings) as SettingName[];

/** Absent ones stay as they are. */
export const settingsWish = settings.partial();
export type SettingsWish = z.output<typeof settingsWish>;

/** What was stored by an older or a newer release: what this one does not know is left out, what is missing is the default. */
export function settingsFrom(stored: unknown): Settings {
  const known = typeof stored === 'object' && stored !== null ? (stored as Readonly<Record<string, unknown>>) : {};
  const merged: Record<string, unknown> = { ...defaultSettings };
  for (const name of settingNames) {
    if (settings.shape[name].safeParse(known[name]).success) merged[name] = known[name];
  }
  return settings.parse(merged);
}

function wholeNumber({ min, max }: { readonly min: number; readonly max: number }) {
  const expected = `expected a whole number from ${String(min)} to ${String(max)}`;
  return z.int(expected).min(min, expected).max(max, expected);
}
