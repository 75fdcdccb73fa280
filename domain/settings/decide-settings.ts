// What a wish for other settings comes to: nothing, or new settings with what the entry says of it.
import type { JsonObject } from '../shared/json.ts';
import { groupOf, settingNames } from './settings.ts';
import type { Settings, SettingsWish } from './settings.ts';

export interface SettingsChange {
  readonly next: Settings;
  readonly details: JsonObject;
}

/** Null when everything wished for is so already. */
export function decideSettings(stored: Settings, wish: SettingsWish): SettingsChange | null {
  const changed = settingNames.filter((name) => wish[name] !== undefined && wish[name] !== stored[name]);
  if (changed.length === 0) return null;
  const next: Settings = { ...stored, ...Object.fromEntries(changed.map((name) => [name, wish[name]])) };
  return {
    next,
    details: {
      setting_group: [...new Set(changed.map((name) => groupOf[name]))],
      changed,
      before: Object.fromEntries(changed.map((name) => [name, stored[name]])),
      after: Object.fromEntries(changed.map((name) => [name, next[name]])),
    },
  };
}
