// Reads profiles of the directory and their members, as far as the reader may see them.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { Member } from '../../domain/directory/member.schema.ts';
import type { Profile } from '../../domain/directory/profile.schema.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker, readChain } from '../access/read-asker.ts';
import { sightOf, visibleProfilesSql } from '../access/visible-profiles.ts';
import type { Client } from '../pool.ts';
import { pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';

/** Null when there is none, or none for this reader. */
export async function readProfile(client: Client, principal: Principal, id: string): Promise<Profile | null> {
  const ask = asking(client);
  if (!(await seesProfile(ask, principal, id))) return null;
  return findProfile(ask, { tenantId: principal.tenantId, id });
}

export async function listProfiles(client: Client, principal: Principal, { afterId, limit }: PageAsked): Promise<Page<Profile>> {
  const { tenantId, userId, entities } = principal;
  const sight = sightOf(principal, 'read-directory');
  const rows = await asking(client)<Profile>({
    name: `list-profiles-by-${sight}`,
    text: `SELECT ${columns} FROM (${visibleProfilesSql(sight)}) AS q WHERE NOT q.closed AND q.id > $4 ORDER BY q.id LIMIT $5`,
    values: [tenantId, userId, entities, afterId, limit + 1],
  });
  return pageOf(rows, { limit });
}

/** Null when there is no such profile for this reader. */
export async function listMembers(
  client: Client,
  principal: Principal,
  { profileId, afterId, limit }: PageAsked & { readonly profileId: string },
): Promise<Page<Member> | null> {
  const ask = asking(client);
  const { tenantId } = principal;
  if ((await readProfile(client, principal, profileId)) === null) return null;
  const rows = await ask<Member>({
    name: 'list-members',
    text: `${membersSql} AND m.member_id > $3 ORDER BY m.member_id LIMIT $4`,
    values: [tenantId, profileId, afterId, limit + 1],
  });
  return pageOf(rows, { limit });
}

/** Null when the profile is not for this reader, or has no such member. */
export async function readMember(
  client: Client,
  principal: Principal,
  { profileId, memberId }: { profileId: string; memberId: string },
): Promise<Member | null> {
  if ((await readProfile(client, principal, profileId)) === null) return null;
  return findMember(asking(client), { tenantId: principal.tenantId, profileId, memberId });
}

/** Without a question of rights: for who has written the membership just now. */
export async function findMember(
  ask: Ask,
  { tenantId, profileId, memberId }: { tenantId: string; profileId: string; memberId: string },
): Promise<Member | null> {
  const [row] = await ask<Member>({
    name: 'find-member',
    text: `${membersSql} AND m.member_id = $3`,
    values: [tenantId, profileId, memberId],
  });
  return row ?? null;
}

/** Without a question of rights: for who has written the profile just now. */
export async function findProfile(ask: Ask, { tenantId, id }: { tenantId: string; id: string }): Promise<Profile | null> {
  const [row] = await ask<Profile>({
    name: 'find-profile',
    text: `SELECT ${columns} FROM profile q WHERE q.tenant_id = $1 AND q.id = $2 AND NOT q.closed`,
    values: [tenantId, id],
  });
  return row ?? null;
}

async function seesProfile(ask: Ask, principal: Principal, id: string): Promise<boolean> {
  const [asker, chain] = await Promise.all([readAsker(ask, principal), readChain(ask, principal, id)]);
  return may({ asker, deed: 'read-directory', subject: { kind: 'profile', chain } });
}

const columns =
  'q.id, q.type, q.name, q.parent_id, q.multiplayer, iso_utc(q.created_at) AS created_at, iso_utc(q.updated_at) AS updated_at';
const membersSql =
  'SELECT m.member_id AS id, m.member_type AS type, m.role FROM profile_member m WHERE m.tenant_id = $1 AND m.profile_id = $2';
