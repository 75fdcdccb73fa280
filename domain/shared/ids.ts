// Ids as a dependency, and the rule for ids that producers bring themselves.
import { z } from 'zod';

/** Makes opaque bodies of 26 characters, ordered by time of making; a prefix is put in front where the body is shown. */
export interface Ids {
  next(): string;
}

/** Ids of users, groups, profiles, tenants and devices are the producer's own. */
export const producerId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 characters of A-Z a-z 0-9 _ -');
