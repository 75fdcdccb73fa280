// A sync client's device and what it mirrors of a share.
import { z } from 'zod';
import { producerId } from '../shared/ids.ts';

const label = z.string().min(1, 'expected text that is not empty').max(128, 'expected at most 128 characters');

export const deviceInput = z.strictObject({
  device_id: producerId,
  device_name: label,
  platform: label,
  client_version: label,
});
export type DeviceInput = z.output<typeof deviceInput>;

export const device = z.strictObject({
  id: z.string(),
  device_id: z.string(),
  user_id: z.string(),
  device_name: z.string(),
  platform: z.string(),
  client_version: z.string(),
  status: z.enum(['active', 'closed']),
  created_at: z.string(),
  last_seen_at: z.string(),
});
export type Device = z.output<typeof device>;

/** A user has not more devices than a person could own; a client that makes a new id at every start is told so. */
export const devicesPerUser = 100;

const pathList = z.array(z.string().min(1).max(4_096)).max(1_000, 'expected at most 1000 paths');

export const preferenceInput = z.strictObject({
  mode: z.enum(['full', 'selective', 'paused']),
  include_paths: pathList.default([]),
  exclude_paths: pathList.default([]),
});
export const preference = z.strictObject({ mode: z.enum(['full', 'selective', 'paused']), include_paths: z.array(z.string()), exclude_paths: z.array(z.string()) });
export type Preference = z.output<typeof preference>;

export const defaultPreference: Preference = { mode: 'full', include_paths: [], exclude_paths: [] };

export function samePreference(a: Preference, b: Preference): boolean {
  return JSON.stringify([a.mode, a.include_paths, a.exclude_paths]) === JSON.stringify([b.mode, b.include_paths, b.exclude_paths]);
}
