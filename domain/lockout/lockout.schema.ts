// What the lockout is asked and what it answers.
import { z } from 'zod';
import { isAddress } from './pair-name.ts';

const account = z
  .string()
  .max(320, 'expected at most 320 characters')
  .refine((text) => text.trim() !== '', 'expected an account');

export const attemptWish = z.strictObject({
  account,
  ip_address: z.string().refine(isAddress, 'expected an IPv4 or IPv6 address'),
});

/** The pair it belongs to, and itself. */
export const attemptId = z.string().regex(/^[0-9a-f]{32}\.[0-9A-Z]{26}$/, 'expected the id of an attempt');

export const reservation = z.union([
  z.strictObject({ attempt_id: z.string(), allowed: z.literal(true), remaining: z.int() }),
  z.strictObject({ allowed: z.literal(false), blocked_until: z.string() }),
]);

export const attemptReport = z.strictObject({ outcome: z.enum(['success', 'failure']) });
export const attemptReported = z.strictObject({ attempt_id: z.string(), outcome: z.enum(['success', 'failure']) });

export const lockout = z.strictObject({
  id: z.string(),
  account: z.string(),
  ip_address: z.string(),
  attempts: z.int(),
  locked_at: z.string(),
  blocked_until: z.string(),
});
export type Lockout = z.output<typeof lockout>;

export const lockoutId = z.string().regex(/^[0-9a-f]{32}$/, 'expected the id of a lockout');
export const unlockWish = z.strictObject({ reason: z.string().min(1, 'expected a reason').max(1_000, 'expected at most 1000 characters') });
