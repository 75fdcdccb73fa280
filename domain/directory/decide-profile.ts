// Decides what a write to a profile comes to, and which change row a share's write is.
import type { ProfileType } from '../access/profile-chain.ts';
import type { ChangeType } from '../journal/entry.ts';
import type { JsonObject } from '../shared/json.ts';
import { refuse, refuseFields } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import { unchanged } from './decision.ts';
import type { Decision, DirectoryEvent } from './decision.ts';
import { differencesBetween } from './differences.ts';
import { placeIdsOf } from './profile-place.ts';
import type { Placed } from './profile-place.ts';
import type { ProfileState, ProfileWish } from './profile.schema.ts';

export interface PutProfile {
  readonly id: string;
  readonly wish: ProfileWish;
  /** Null when the directory never knew the profile. */
  readonly stored: (ProfileState & { readonly closed: boolean }) | null;
  /** The parent the profile shall have, as far as there is one, then its parents upwards. */
  readonly parents: readonly (Placed & { readonly closed: boolean })[];
}

/** The parent a profile shall have: the caller has to look it up before the decision. */
export function wantedParentId(wish: ProfileWish, stored: PutProfile['stored']): string | null {
  if (wish.parent_id !== undefined) return wish.parent_id;
  return stored === null || stored.closed ? null : stored.parentId;
}

export function decidePutProfile({ id, wish, stored, parents }: PutProfile): Decision<ProfileState> {
  if (stored !== null && stored.type !== wish.type) {
    return refuse('CONFLICT', { message: `The profile is of the type ${stored.type}, and a type does not change.` });
  }
  const open = stored === null || stored.closed ? null : stored;
  const next: ProfileState = {
    type: wish.type,
    name: wish.name,
    parentId: wantedParentId(wish, stored),
    multiplayer: wish.multiplayer ?? open?.multiplayer ?? true,
  };
  const difference = differencesBetween(open === null ? {} : fieldsOf(open), fieldsOf(next));
  if (open !== null && difference.changed.length === 0) return unchanged;
  const refusal = refuseParent(next, parents[0]);
  if (refusal !== null) return refusal;

  const chain = [{ id, type: next.type }, ...parents];
  if (open === null) {
    const details = { ...fieldsOf(next), ...(stored === null ? {} : { opened_again: true }) };
    return { kind: 'changed', next, event: eventOf({ chain, state: next, kind: 'create', change: 'created', details }) };
  }
  const { changed, before, after } = difference;
  const details = { changed: [...changed], before, after };
  return { kind: 'changed', next, event: eventOf({ chain, state: next, kind: 'update', change: changeTypeOf(changed), details }) };
}

export interface CloseProfile {
  readonly id: string;
  /** Null when the directory never knew the profile. */
  readonly stored: (ProfileState & { readonly closed: boolean }) | null;
  readonly parents: readonly Placed[];
  readonly members: number;
}

export function decideCloseProfile({ id, stored, parents, members }: CloseProfile): Decision<null> {
  if (stored === null) return refuse('NOT_FOUND');
  if (stored.closed) return unchanged;
  const chain = [{ id, type: stored.type }, ...parents];
  const details = { ...fieldsOf(stored), members_removed: members };
  const event = eventOf({ chain, state: stored, kind: 'delete', change: 'deleted', details });
  return { kind: 'changed', next: null, event };
}

/** Each type lies under types above it only, and a type never changes: so there are no cycles, and no chain is longer than three. */
const parentTypes: Readonly<Record<ProfileType, readonly ProfileType[]>> = { org: [], workspace: ['org'], share: ['workspace', 'org'] };

function refuseParent({ type, parentId }: ProfileState, parent: (Placed & { readonly closed: boolean }) | undefined): Refusal | null {
  if (parentId === null) return null;
  const allowed = parentTypes[type];
  if (allowed.length === 0) return refuseFields([{ field: 'parent_id', expected: 'expected none: an org has no parent' }]);
  if (parent !== undefined && !parent.closed && allowed.includes(parent.type)) return null;
  return refuseFields([{ field: 'parent_id', expected: `expected the id of an open ${allowed.join(' or ')}` }]);
}

/** One write is one change row: where it does several things, the one that tells a mirror most. */
function changeTypeOf(changed: readonly string[]): ChangeType {
  if (changed.includes('parent_id')) return 'moved';
  return changed.includes('name') ? 'renamed' : 'updated';
}

interface EventParts {
  readonly chain: readonly Placed[];
  readonly state: ProfileState;
  readonly kind: 'create' | 'update' | 'delete';
  readonly change: ChangeType;
  readonly details: JsonObject;
}

function eventOf({ chain, state, kind, change, details }: EventParts): DirectoryEvent {
  const isShare = state.type === 'share';
  return {
    ownAction: `${kind}_profile`,
    eventType: isShare ? `share.${kind}` : `admin.profile_${kind}`,
    resourceType: state.type,
    resourceId: chain[0]?.id ?? '',
    resourceName: state.name,
    ...placeIdsOf(chain),
    ...(isShare ? { change: { type: change, metadata: { ...fieldsOf(state), ...details } } } : {}),
    details,
  };
}

function fieldsOf({ name, parentId, multiplayer }: ProfileState): JsonObject {
  return { name, parent_id: parentId, multiplayer };
}
