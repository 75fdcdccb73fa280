// What a poll may ask for: how long it waits, since when, and which fields.
import { z } from 'zod';
import { bareActivityKey } from '../vocabulary/activity-keys.ts';
import { parseStamp } from './stamp-text.ts';

export const pollLimits = { waitSeconds: 95, fields: 30 } as const;

/** `storage` or `storage:{id}`; a bare `member` means `members`, under which memberships are stamped. */
const field = z
  .string()
  .regex(/^[a-z_]{1,64}(?::[A-Za-z0-9_-]{1,256})?$/, 'expected a field such as storage or storage:{id}')
  .transform((key) => (key.includes(':') ? key : bareActivityKey(key)));

export const pollFields = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(field).max(pollLimits.fields, `expected at most ${String(pollLimits.fields)} fields`));

export const pollSince = z.string().transform((text, context) => {
  const micros = parseStamp(text);
  if (micros !== null) return micros;
  context.addIssue({ code: 'custom', message: 'expected a time such as 2025-01-20 10:30:45.123456' });
  return z.NEVER;
});
