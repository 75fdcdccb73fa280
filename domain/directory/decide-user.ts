// Decides what a write to a user comes to.
import type { UserStatus } from '../access/standing.ts';
import type { OwnActionName } from '../own-action/own-actions.ts';
import type { JsonObject } from '../shared/json.ts';
import { refuse, refuseFields } from '../shared/refusal.ts';
import { unchanged } from './decision.ts';
import type { Decision, DirectoryEvent } from './decision.ts';
import { differencesBetween, idList, setChange } from './differences.ts';
import type { SetChange } from './differences.ts';
import { idSet } from './directory-text.ts';
import type { UserState, UserWish } from './user.schema.ts';

export interface PutUser {
  readonly id: string;
  readonly wish: UserWish;
  /** Null when there is no such user, or a closed one. */
  readonly stored: UserState | null;
  readonly wasClosed: boolean;
  /** Members of profiles are named by one id, be they users or groups: it must not mean both. */
  readonly idIsOfGroup: boolean;
  /** Those of the wished groups that exist and are open. */
  readonly openGroups: ReadonlySet<string>;
}

export interface NextUser {
  readonly state: UserState;
  readonly groups: SetChange;
}

export function decidePutUser({ id, wish, stored, wasClosed, idIsOfGroup, openGroups }: PutUser): Decision<NextUser> {
  if (idIsOfGroup) return refuse('CONFLICT', { message: 'This id is the id of a group.' });
  const unknown = (wish.groups ?? []).flatMap((group, index) => (openGroups.has(group) ? [] : [index]));
  if (unknown.length > 0) {
    return refuseFields(
      unknown
        .slice(0, namedProblemsMax)
        .map((index) => ({ field: `groups[${String(index)}]`, expected: 'expected the id of an open group' })),
    );
  }

  const state: UserState = {
    email: wish.email,
    name: wish.name,
    status: wish.status ?? stored?.status ?? 'active',
    groups: wish.groups === undefined ? (stored?.groups ?? []) : idSet(wish.groups),
  };
  const groups = setChange(stored?.groups ?? [], state.groups);
  if (stored === null) {
    const details = { ...fieldsOf(state), ...tell(groups), ...(wasClosed ? { opened_again: true } : {}) };
    return { kind: 'changed', next: { state, groups }, event: eventOf({ id, state, eventType: 'admin.user_provision', details }) };
  }
  const { changed, before, after } = differencesBetween(fieldsOf(stored), fieldsOf(state));
  if (changed.length === 0 && groups.added.length === 0 && groups.removed.length === 0) return unchanged;
  const eventType = changed.includes('status') ? eventOfStatus[state.status] : 'admin.user_update';
  const details = { changed: [...changed], before, after, ...tell(groups) };
  return { kind: 'changed', next: { state, groups }, event: eventOf({ id, state, eventType, details }) };
}

export interface CloseUser {
  readonly id: string;
  /** Null when there is no such user, or a closed one. */
  readonly stored: UserState | null;
  readonly wasClosed: boolean;
  /** On how many profiles the user holds a role by their own name. */
  readonly memberships: number;
}

export function decideCloseUser({ id, stored, wasClosed, memberships }: CloseUser): Decision<null> {
  if (stored === null) return wasClosed ? unchanged : refuse('NOT_FOUND');
  const details = { ...fieldsOf(stored), groups_removed: idList(stored.groups), memberships_removed: memberships };
  const event = eventOf({ id, state: stored, eventType: 'admin.user_delete', details });
  return { kind: 'changed', next: null, event };
}

const namedProblemsMax = 100;

const actionByEvent: Readonly<Record<string, OwnActionName>> = { 'admin.user_provision': 'create_user', 'admin.user_delete': 'delete_user' };

const eventOfStatus: Readonly<Record<UserStatus, string>> = {
  active: 'admin.user_activate',
  suspended: 'admin.user_suspend',
  deactivated: 'admin.user_deactivate',
};

function eventOf({
  id,
  state,
  eventType,
  details,
}: {
  id: string;
  state: UserState;
  eventType: string;
  details: JsonObject;
}): DirectoryEvent {
  return {
    ownAction: actionByEvent[eventType] ?? 'update_user',
    eventType,
    resourceType: 'user',
    resourceId: id,
    resourceName: state.name,
    targetUserId: id,
    details: { target_user_name: state.name, ...details },
  };
}

function fieldsOf({ email, name, status }: UserState): JsonObject {
  return { email, name, status };
}

function tell({ added, removed }: SetChange): JsonObject {
  return {
    ...(added.length === 0 ? {} : { groups_added: idList(added) }),
    ...(removed.length === 0 ? {} : { groups_removed: idList(removed) }),
  };
}
