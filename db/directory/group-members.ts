// Who belongs to which group, as sets: asked for and changed by one statement each, however many they are.
import type { SetChange } from '../../domain/directory/differences.ts';
import type { Ask } from '../access/ask.ts';

interface OfUser {
  readonly tenantId: string;
  readonly userId: string;
}

interface OfGroup {
  readonly tenantId: string;
  readonly groupId: string;
}

interface Among {
  readonly tenantId: string;
  readonly ids: readonly string[];
}

export async function groupsOfUser(ask: Ask, { tenantId, userId }: OfUser): Promise<string[]> {
  const text = 'SELECT group_id AS id FROM dir_group_member WHERE tenant_id = $1 AND user_id = $2 ORDER BY group_id COLLATE "C"';
  return idsOf(await ask({ name: 'groups-of-user', text, values: [tenantId, userId] }));
}

export async function usersOfGroup(ask: Ask, { tenantId, groupId }: OfGroup): Promise<string[]> {
  const text = 'SELECT user_id AS id FROM dir_group_member WHERE tenant_id = $1 AND group_id = $2 ORDER BY user_id COLLATE "C"';
  return idsOf(await ask({ name: 'users-of-group', text, values: [tenantId, groupId] }));
}

export async function openGroupsAmong(ask: Ask, { tenantId, ids }: Among): Promise<Set<string>> {
  const text = 'SELECT id FROM dir_group WHERE tenant_id = $1 AND id = ANY ($2) AND NOT closed';
  return new Set(ids.length === 0 ? [] : idsOf(await ask({ name: 'open-groups', text, values: [tenantId, ids] })));
}

export async function openUsersAmong(ask: Ask, { tenantId, ids }: Among): Promise<Set<string>> {
  const text = `SELECT id FROM dir_user WHERE tenant_id = $1 AND id = ANY ($2) AND status <> 'closed'`;
  return new Set(ids.length === 0 ? [] : idsOf(await ask({ name: 'open-users', text, values: [tenantId, ids] })));
}

export async function changeGroupsOfUser(ask: Ask, { tenantId, userId }: OfUser, { added, removed }: SetChange): Promise<void> {
  await ask({
    name: 'leave-groups',
    text: 'DELETE FROM dir_group_member WHERE tenant_id = $1 AND user_id = $2 AND group_id = ANY ($3)',
    values: [tenantId, userId, removed],
  });
  await ask({
    name: 'join-groups',
    text: 'INSERT INTO dir_group_member (tenant_id, user_id, group_id) SELECT $1, $2, unnest($3::text[])',
    values: [tenantId, userId, added],
  });
}

export async function changeUsersOfGroup(ask: Ask, { tenantId, groupId }: OfGroup, { added, removed }: SetChange): Promise<void> {
  await ask({
    name: 'remove-from-group',
    text: 'DELETE FROM dir_group_member WHERE tenant_id = $1 AND group_id = $2 AND user_id = ANY ($3)',
    values: [tenantId, groupId, removed],
  });
  await ask({
    name: 'add-to-group',
    text: 'INSERT INTO dir_group_member (tenant_id, group_id, user_id) SELECT $1, $2, unnest($3::text[])',
    values: [tenantId, groupId, added],
  });
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}
