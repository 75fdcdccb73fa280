// Decides what a write to a group comes to.
import type { JsonObject } from '../shared/json.ts';
import { refuse, refuseFields } from '../shared/refusal.ts';
import { unchanged } from './decision.ts';
import type { Decision, DirectoryEvent } from './decision.ts';
import { differencesBetween, idList, setChange } from './differences.ts';
import type { SetChange } from './differences.ts';
import { groupStateOf } from './group.schema.ts';
import type { GroupState, GroupWish } from './group.schema.ts';

export interface PutGroup {
  readonly id: string;
  readonly wish: GroupWish;
  /** Null when there is no such group, or a closed one. */
  readonly stored: GroupState | null;
  readonly wasClosed: boolean;
  /** Members of profiles are named by one id, be they users or groups: it must not mean both. */
  readonly idIsOfUser: boolean;
  /** Those of the wished members that are users and not closed. */
  readonly openUsers: ReadonlySet<string>;
}

export interface NextGroup {
  readonly state: GroupState;
  readonly members: SetChange;
}

export function decidePutGroup({ id, wish, stored, wasClosed, idIsOfUser, openUsers }: PutGroup): Decision<NextGroup> {
  if (idIsOfUser) return refuse('CONFLICT', { message: 'This id is the id of a user.' });
  const strangers = wish.members.flatMap((member, index) => (openUsers.has(member) ? [] : [index]));
  if (strangers.length > 0) {
    const named = strangers.slice(0, namedProblemsMax);
    return refuseFields(named.map((index) => ({ field: `members[${String(index)}]`, expected: 'expected the id of an open user' })));
  }

  const state = groupStateOf(wish);
  const members = setChange(stored?.members ?? [], state.members);
  if (stored === null) {
    const details = { name: state.name, ...tell(members), ...(wasClosed ? { opened_again: true } : {}) };
    return { kind: 'changed', next: { state, members }, event: eventOf({ id, state, eventType: 'admin.group_create', details }) };
  }
  const { changed, before, after } = differencesBetween({ name: stored.name }, { name: state.name });
  if (changed.length === 0 && members.added.length === 0 && members.removed.length === 0) return unchanged;
  const details = { changed: [...changed], before, after, ...tell(members) };
  return { kind: 'changed', next: { state, members }, event: eventOf({ id, state, eventType: 'admin.group_update', details }) };
}

export interface CloseGroup {
  readonly id: string;
  /** Null when there is no such group, or a closed one. */
  readonly stored: GroupState | null;
  readonly wasClosed: boolean;
  /** On how many profiles the group holds a role. */
  readonly memberships: number;
}

export function decideCloseGroup({ id, stored, wasClosed, memberships }: CloseGroup): Decision<null> {
  if (stored === null) return wasClosed ? unchanged : refuse('NOT_FOUND');
  const details = { name: stored.name, members_removed: idList(stored.members), memberships_removed: memberships };
  const event = eventOf({ id, state: stored, eventType: 'admin.group_delete', details });
  return { kind: 'changed', next: null, event };
}

const namedProblemsMax = 100;

const actionByEvent = {
  'admin.group_create': 'create_group',
  'admin.group_update': 'update_group',
  'admin.group_delete': 'delete_group',
} as const;

function eventOf({
  id,
  state,
  eventType,
  details,
}: {
  id: string;
  state: GroupState;
  eventType: keyof typeof actionByEvent;
  details: JsonObject;
}): DirectoryEvent {
  return { ownAction: actionByEvent[eventType], eventType, resourceType: 'group', resourceId: id, resourceName: state.name, details };
}

function tell({ added, removed }: SetChange): JsonObject {
  return {
    ...(added.length === 0 ? {} : { members_added: idList(added) }),
    ...(removed.length === 0 ? {} : { members_removed: idList(removed) }),
  };
}
