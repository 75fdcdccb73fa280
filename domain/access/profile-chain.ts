// A profile with everything above it, and what its members' roles give there.
import { goesDown } from './role.ts';
import type { Role } from './role.ts';

export const profileTypes = ['org', 'workspace', 'share'] as const;
export type ProfileType = (typeof profileTypes)[number];

/** A role that the asker holds on one profile: by their own name, or by a group they belong to. */
export interface Grant {
  readonly role: Role;
  readonly group: { readonly closed: boolean } | null;
}

export interface ProfileLink {
  readonly id: string;
  readonly type: ProfileType;
  readonly closed: boolean;
  readonly grants: readonly Grant[];
}

/** The profile itself first, then its parents upwards. Empty when the directory does not know the profile. */
export type ProfileChain = readonly ProfileLink[];

/** What is closed, or lies under something closed, gives nothing to anybody. */
export function seesByMembership(chain: ProfileChain): boolean {
  if (chain.some(({ closed }) => closed)) return false;
  return chain.some((link, height) => rolesHeld(link).some((held) => height === 0 || goesDown(held)));
}

export function administersByMembership(chain: ProfileChain): boolean {
  if (chain.some(({ closed }) => closed)) return false;
  return chain.some((link) => rolesHeld(link).some(goesDown));
}

/** As tokens name a profile in their `entities`. */
export function entityOf({ type, id }: Pick<ProfileLink, 'type' | 'id'>): string {
  return `${type}:${id}`;
}

function rolesHeld({ grants }: ProfileLink): Role[] {
  return grants.flatMap(({ role, group }) => (group?.closed === true ? [] : [role]));
}
