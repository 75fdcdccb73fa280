// How a user stands in the directory, as far as it decides what they may do.
import { z } from 'zod';

export const userStatuses = ['active', 'suspended', 'deactivated'] as const;
export type UserStatus = (typeof userStatuses)[number];
export const userStatus = z.enum(userStatuses);

/** A closed user was taken out of the directory; an unknown one never was in it. */
export type Standing = UserStatus | 'closed' | 'unknown';

/** A token of somebody the directory does not know still has its scopes, and no membership; one who was sent away has neither. */
export function isSentAway(standing: Standing): boolean {
  return standing !== 'active' && standing !== 'unknown';
}
