// The one decision about rights: whether somebody may do something to something. Every door asks here.
import { administersByMembership, entityOf, seesByMembership } from './profile-chain.ts';
import type { ProfileChain } from './profile-chain.ts';
import type { Principal, Scope } from './principal.ts';
import { hasAnyScope } from './scopes.ts';
import { isSentAway } from './standing.ts';
import type { Standing } from './standing.ts';

/** Who asks: what their token says, and how they stand in the directory today. */
export interface Asker extends Pick<Principal, 'userId' | 'scopes' | 'entities'> {
  readonly standing: Standing;
}

export const deeds = [
  /** See the entries and changes of it. */
  'read',
  /** See what only its administrators see. */
  'administer',
  'read-directory',
  'write-directory',
  'write-events',
  'read-audit',
  'manage-compliance',
  /** Use the admin API of the tenant. */
  'manage-tenant',
  /** Make tenants. */
  'manage-tenants',
] as const;
export type Deed = (typeof deeds)[number];

export type Subject =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'group' }
  | { readonly kind: 'profile'; readonly chain: ProfileChain };

export interface Question {
  readonly asker: Asker;
  readonly deed: Deed;
  readonly subject: Subject;
}

/** Says nothing about whether the subject exists: that is for whoever looks it up. */
export function may({ asker, deed, subject }: Question): boolean {
  if (isSentAway(asker.standing)) return false;
  if (isOwnRecord({ asker, deed, subject })) return asker.standing === 'active' || hasAnyScope(asker, scopesFor[deed]);
  if (!isWithinEntities({ asker, subject })) return false;
  return hasAnyScope(asker, scopesFor[deed]) || mayByMembership({ asker, deed, subject });
}

/** The scopes that allow a deed wherever in the tenant; wider scopes are implied. */
export const scopesFor: Readonly<Record<Deed, readonly Scope[]>> = {
  read: ['tenant:admin'],
  administer: ['tenant:admin'],
  'read-directory': ['events:write', 'compliance:manage', 'audit:read'],
  'write-directory': ['events:write'],
  'write-events': ['events:write'],
  'read-audit': ['audit:read', 'compliance:manage'],
  'manage-compliance': ['compliance:manage'],
  'manage-tenant': ['tenant:admin'],
  'manage-tenants': ['admin:*'],
};

/** One's own record stays readable with a token that is limited to profiles: no profile contains it. */
function isOwnRecord({ asker, deed, subject }: Question): boolean {
  return deed === 'read-directory' && subject.kind === 'user' && subject.id === asker.userId;
}

/** A token limited to profiles reaches these and what lies under them: not users, not groups, not the tenant as a whole. */
function isWithinEntities({ asker: { entities }, subject }: Omit<Question, 'deed'>): boolean {
  if (entities === null) return true;
  return subject.kind === 'profile' && subject.chain.some((link) => entities.includes(entityOf(link)));
}

function mayByMembership({ asker, deed, subject }: Question): boolean {
  if (asker.standing !== 'active' || subject.kind !== 'profile') return false;
  switch (deed) {
    case 'read':
    case 'read-directory':
      return seesByMembership(subject.chain);
    case 'administer':
      return administersByMembership(subject.chain);
    case 'write-directory':
    case 'write-events':
    case 'read-audit':
    case 'manage-compliance':
    case 'manage-tenant':
    case 'manage-tenants':
      return false;
  }
}
