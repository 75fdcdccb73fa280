// Random directories for property tests: small enough to meet by chance, with things closed in every place.
import fc from 'fast-check';
import type { Grant, ProfileChain, ProfileType } from '../../domain/access/profile-chain.ts';
import { roles } from '../../domain/access/role.ts';
import type { Role } from '../../domain/access/role.ts';
import type { Standing } from '../../domain/access/standing.ts';

export interface MadeProfile {
  readonly id: string;
  readonly type: ProfileType;
  readonly parentId: string | null;
  readonly closed: boolean;
}

export interface MadeMember {
  readonly profileId: string;
  readonly memberId: string;
  readonly memberType: 'user' | 'group';
  readonly role: Role;
}

export interface MadeDirectory {
  readonly users: readonly { readonly id: string; readonly status: Exclude<Standing, 'unknown'> }[];
  readonly groups: readonly { readonly id: string; readonly closed: boolean; readonly members: readonly string[] }[];
  readonly profiles: readonly MadeProfile[];
  readonly members: readonly MadeMember[];
}

export interface MadeCaller {
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly entities: readonly string[] | null;
}

const userIds = ['u0', 'u1', 'u2'];
const groupIds = ['g0', 'g1'];
const orgIds = ['o0', 'o1'];
const workspaceIds = ['w0', 'w1', 'w2'];
const shareIds = ['s0', 's1', 's2', 's3', 's4'];
export const profileIds = [...orgIds, ...workspaceIds, ...shareIds];

const rarely = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);
const status: fc.Arbitrary<Exclude<Standing, 'unknown'>> = fc.oneof(
  { weight: 9, arbitrary: fc.constant('active' as const) },
  { weight: 1, arbitrary: fc.constantFrom('suspended', 'deactivated', 'closed') },
);

function profilesOf(type: ProfileType, ids: readonly string[], parents: readonly string[]): fc.Arbitrary<MadeProfile[]> {
  return fc.tuple(
    ...ids.map((id) =>
      fc.record({ id: fc.constant(id), type: fc.constant(type), parentId: fc.constantFrom(...parents, ...parents, null), closed: rarely }),
    ),
  );
}

const member = fc.oneof(
  fc.record({
    profileId: fc.constantFrom(...profileIds),
    memberId: fc.constantFrom(...userIds),
    memberType: fc.constant('user' as const),
    role: fc.constantFrom(...roles),
  }),
  fc.record({
    profileId: fc.constantFrom(...profileIds),
    memberId: fc.constantFrom(...groupIds),
    memberType: fc.constant('group' as const),
    role: fc.constantFrom(...roles),
  }),
);

export const madeDirectory: fc.Arbitrary<MadeDirectory> = fc.record({
  users: fc.tuple(...userIds.map((id) => fc.record({ id: fc.constant(id), status }))),
  groups: fc.tuple(...groupIds.map((id) => fc.record({ id: fc.constant(id), closed: fc.boolean(), members: fc.subarray(userIds) }))),
  profiles: fc
    .tuple(
      profilesOf('org', orgIds, []),
      profilesOf('workspace', workspaceIds, orgIds),
      profilesOf('share', shareIds, [...orgIds, ...workspaceIds]),
    )
    .map((layers) => layers.flat()),
  members: fc.uniqueArray(member, {
    minLength: 8,
    maxLength: 18,
    size: 'large',
    selector: ({ profileId, memberId }) => `${profileId} ${memberId}`,
  }),
});

const entity = fc.constantFrom('org:o0', 'workspace:w0', 'workspace:w1', 'share:s0', 'share:s1', 'share:w0', 'org:s0', 'share:none');

export const madeCaller: fc.Arbitrary<MadeCaller> = fc.record({
  userId: fc.constantFrom(...userIds, ...userIds, 'stranger'),
  scopes: fc.constantFrom([], [], [], [], ['events:write'], ['audit:read'], ['tenant:admin'], ['*'], ['files:read']),
  entities: fc.oneof(fc.constant(null), fc.constant(null), fc.uniqueArray(entity, { maxLength: 3 })),
});

/** What the pure decision has to be told, read off the made directory without any SQL. */
export function chainIn(
  { profiles, groups, members }: MadeDirectory,
  { profileId, userId }: { profileId: string; userId: string },
): ProfileChain {
  const chain: ProfileChain[number][] = [];
  let next: string | null = profileId;
  while (next !== null) {
    const found: MadeProfile | undefined = profiles.find(({ id }) => id === next);
    if (found === undefined) break;
    chain.push({ id: found.id, type: found.type, closed: found.closed, grants: grantsOn(found.id) });
    next = found.parentId;
  }
  return chain;

  function grantsOn(id: string): Grant[] {
    return members.flatMap(({ profileId: on, memberId, memberType, role }): Grant[] => {
      if (on !== id) return [];
      if (memberType === 'user') return memberId === userId ? [{ role, group: null }] : [];
      const group = groups.find((one) => one.id === memberId);
      return group?.members.includes(userId) === true ? [{ role, group: { closed: group.closed } }] : [];
    });
  }
}

export function standingIn({ users }: MadeDirectory, userId: string): Standing {
  return users.find(({ id }) => id === userId)?.status ?? 'unknown';
}
