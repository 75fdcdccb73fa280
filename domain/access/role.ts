// The roles somebody can hold on a profile, and which of them go down to what lies under it.
import { z } from 'zod';

export const roles = ['owner', 'admin', 'member', 'viewer'] as const;
export type Role = (typeof roles)[number];
export const role = z.enum(roles);

/** Owners and administrators hold their role on everything below; a member of a workspace does not thereby see its shares. */
export function goesDown(held: Role): boolean {
  return held === 'owner' || held === 'admin';
}
