// A session as it is shown, and its id as it comes in a path.
import { z } from 'zod';

export const deviceKinds = ['desktop', 'mobile', 'web', 'api'] as const;
export type DeviceKind = (typeof deviceKinds)[number];

/** Made by others: whatever can be seen. */
export const sessionId = z
  .string()
  .min(1)
  .max(256, 'expected at most 256 characters')
  .regex(/^[\x21-\x7e]+$/, 'expected visible characters');

export const session = z.strictObject({
  id: z.string(),
  user_id: z.string(),
  idp: z.string().nullable(),
  device_kind: z.enum(deviceKinds).nullable(),
  ip_address: z.string().nullable(),
  last_activity_at: z.string(),
  expires_at: z.string().nullable(),
});
export type Session = z.output<typeof session>;

export function deviceKindOf(word: unknown): DeviceKind | null {
  return deviceKinds.find((kind) => kind === word) ?? null;
}
