// Decides what a write to a profile's membership comes to.
import type { Role } from '../access/role.ts';
import type { JsonObject } from '../shared/json.ts';
import { refuse, refuseFields } from '../shared/refusal.ts';
import { unchanged } from './decision.ts';
import type { Decision, DirectoryEvent } from './decision.ts';
import type { MemberType } from './member.schema.ts';
import { placeIdsOf } from './profile-place.ts';
import type { Placed } from './profile-place.ts';

export interface ProfileOfMember extends Placed {
  readonly name: string;
  readonly closed: boolean;
}

/** Who is meant by the id: a user or a group, open or closed. */
export interface KnownMember {
  readonly id: string;
  readonly type: MemberType;
  readonly name: string;
  readonly closed: boolean;
}

export interface MemberSituation {
  /** The profile, then its parents upwards; empty when there is none. */
  readonly chain: readonly ProfileOfMember[];
  /** Null when the directory never knew anybody of this id. */
  readonly known: KnownMember | null;
  /** The role held now; null when it is none. */
  readonly held: Role | null;
}

export function decidePutMember({
  chain,
  known,
  held,
  role,
}: MemberSituation & { readonly role: Role }): Decision<{ readonly type: MemberType }> {
  const [profile] = chain;
  if (profile === undefined || profile.closed) return refuse('NOT_FOUND');
  if (known === null || known.closed) return refuseFields([{ field: 'member_id', expected: 'expected the id of an open user or group' }]);
  if (held === role) return unchanged;
  const kind = held === null ? 'member_added' : 'member_role_changed';
  const details = { role, ...(held === null ? {} : { before: { role: held } }), after: { role } };
  return {
    kind: 'changed',
    next: { type: known.type },
    event: eventOf({ chain, profile, known, kind, details }),
  };
}

/** Taking away what is not there changes nothing; an id nobody ever had is more likely a mistake. */
export function decideRemoveMember({ chain, known, held }: MemberSituation): Decision<null> {
  const [profile] = chain;
  if (profile === undefined || known === null) return refuse('NOT_FOUND');
  if (held === null) return unchanged;
  const event = eventOf({ chain, profile, known, kind: 'member_removed', details: { role: held, before: { role: held } } });
  return { kind: 'changed', next: null, event };
}

const actionByKind = { member_added: 'add_member', member_role_changed: 'update_member', member_removed: 'remove_member' } as const;

interface EventParts {
  readonly chain: readonly Placed[];
  readonly profile: ProfileOfMember;
  readonly known: KnownMember;
  readonly kind: 'member_added' | 'member_role_changed' | 'member_removed';
  readonly details: JsonObject;
}

function eventOf({ chain, profile, known, kind, details }: EventParts): DirectoryEvent {
  return {
    ownAction: actionByKind[kind],
    eventType: `${profile.type}.${kind}`,
    resourceType: profile.type,
    resourceId: profile.id,
    resourceName: profile.name,
    targetUserId: known.type === 'user' ? known.id : null,
    ...placeIdsOf(chain),
    details: { member_id: known.id, member_type: known.type, member_name: known.name, ...details },
  };
}
