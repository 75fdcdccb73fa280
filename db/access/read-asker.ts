// What the database knows today about somebody who asks: how they stand, and what they hold along a profile's chain.
import type { Asker } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { Grant, ProfileChain, ProfileLink, ProfileType } from '../../domain/access/profile-chain.ts';
import type { Role } from '../../domain/access/role.ts';
import type { Standing } from '../../domain/access/standing.ts';
import type { Ask } from './ask.ts';

export async function readAsker(ask: Ask, principal: Principal): Promise<Asker> {
  const { tenantId, userId, scopes, entities } = principal;
  const [row] = await ask<{ status: Standing }>({
    name: 'asker-standing',
    text: 'SELECT status FROM dir_user WHERE tenant_id = $1 AND id = $2',
    values: [tenantId, userId],
  });
  return { userId, scopes, entities, standing: row?.status ?? 'unknown' };
}

interface LinkRow {
  readonly id: string;
  readonly type: ProfileType;
  readonly closed: boolean;
  readonly role: Role | null;
  readonly by_group: boolean;
  readonly group_closed: boolean | null;
}

/** The profile and its parents, each with the roles this user holds on it; empty when there is no such profile. */
export async function readChain(ask: Ask, { tenantId, userId }: Principal, profileId: string): Promise<ProfileChain> {
  const rows = await ask<LinkRow>({ name: 'profile-chain-of-asker', text: chainSql, values: [tenantId, userId, profileId] });
  const links = new Map<string, ProfileLink & { readonly grants: Grant[] }>();
  for (const { id, type, closed, role, by_group: byGroup, group_closed: groupClosed } of rows) {
    const link = links.get(id) ?? { id, type, closed, grants: [] };
    if (role !== null) link.grants.push({ role, group: byGroup ? { closed: groupClosed === true } : null });
    links.set(id, link);
  }
  return [...links.values()];
}

// The height is bounded although types allow no longer chain: a statement must end whatever the rows say.
const chainSql = `
  WITH RECURSIVE chain AS (
    SELECT p.id, p.type, p.closed, p.parent_id, 0 AS height FROM profile p WHERE p.tenant_id = $1 AND p.id = $3
    UNION ALL
    SELECT p.id, p.type, p.closed, p.parent_id, c.height + 1
    FROM chain c JOIN profile p ON p.tenant_id = $1 AND p.id = c.parent_id
    WHERE c.height < 2
  ), held AS (
    SELECT m.profile_id, m.role, false AS by_group, NULL::boolean AS group_closed
    FROM profile_member m
    WHERE m.tenant_id = $1 AND m.profile_id IN (SELECT id FROM chain) AND m.member_type = 'user' AND m.member_id = $2
    UNION ALL
    SELECT m.profile_id, m.role, true, g.closed
    FROM profile_member m
      JOIN dir_group g ON g.tenant_id = $1 AND g.id = m.member_id
      JOIN dir_group_member gm ON gm.tenant_id = $1 AND gm.group_id = g.id AND gm.user_id = $2
    WHERE m.tenant_id = $1 AND m.profile_id IN (SELECT id FROM chain) AND m.member_type = 'group'
  )
  SELECT c.id, c.type, c.closed, h.role, coalesce(h.by_group, false) AS by_group, h.group_closed
  FROM chain c LEFT JOIN held h ON h.profile_id = c.id
  ORDER BY c.height`;
