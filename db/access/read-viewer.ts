// Somebody who reads the log, as the database knows them today: which profiles they see, administer, and are limited to.
import { hasAnyScope } from '../../domain/access/scopes.ts';
import { noProfiles } from '../../domain/access/audience.ts';
import type { ProfileSets, Viewer } from '../../domain/access/audience.ts';
import { scopesFor } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import { isSentAway } from '../../domain/access/standing.ts';
import type { Ask } from './ask.ts';
import { readAsker } from './read-asker.ts';

export async function readViewer(ask: Ask, principal: Principal): Promise<Viewer> {
  const { userId, entities } = principal;
  const administersAll = hasAnyScope(principal, scopesFor.administer);
  const [{ standing }, within, held] = await Promise.all([
    readAsker(ask, principal),
    entities === null ? null : readWithin(ask, { principal, entities }),
    administersAll ? [] : readHeld(ask, principal),
  ]);
  const reachable = held.filter(({ type, id }) => within === null || within[type].has(id));
  return {
    userId,
    isSentAway: isSentAway(standing),
    administersAll,
    seen: setsOf(reachable),
    administered: setsOf(reachable.filter(({ administers }) => administers)),
    within,
  };
}

interface HeldProfile {
  readonly id: string;
  readonly type: ProfileType;
  readonly administers: boolean;
}

function readHeld(ask: Ask, { tenantId, userId }: Principal): Promise<readonly HeldProfile[]> {
  return ask<HeldProfile>({ name: 'profiles-held', text: heldSql, values: [tenantId, userId] });
}

/** What the token names, also where the directory does not know it, and everything that lies under it. */
async function readWithin(ask: Ask, { principal, entities }: { principal: Principal; entities: readonly string[] }): Promise<ProfileSets> {
  const below = await ask<{ id: string; type: ProfileType }>({ name: 'profiles-within', text: withinSql, values: [principal.tenantId, entities] });
  return setsOf([...below, ...entities.flatMap(profileNamed)]);
}

function profileNamed(entity: string): { id: string; type: ProfileType }[] {
  const [type = '', id = ''] = entity.split(':');
  return isProfileType(type) ? [{ id, type }] : [];
}

function isProfileType(type: string): type is ProfileType {
  return type in noProfiles;
}

function setsOf(profiles: readonly { readonly id: string; readonly type: ProfileType }[]): ProfileSets {
  if (profiles.length === 0) return noProfiles;
  const sets = { org: new Set<string>(), workspace: new Set<string>(), share: new Set<string>() };
  for (const { id, type } of profiles) sets[type].add(id);
  return sets;
}

// From what the user holds downwards, as in visible-profiles.ts; a profile may be reached more than once, the widest way counts.
const heldSql = `
  WITH held AS MATERIALIZED (
    SELECT m.profile_id AS id, m.role IN ('owner', 'admin') AS administers
    FROM profile_member m
    WHERE m.tenant_id = $1 AND m.member_type = 'user' AND m.member_id = $2
    UNION
    SELECT m.profile_id, m.role IN ('owner', 'admin')
    FROM dir_group_member gm
      JOIN dir_group g ON g.tenant_id = $1 AND g.id = gm.group_id AND NOT g.closed
      JOIN profile_member m ON m.tenant_id = $1 AND m.member_id = gm.group_id AND m.member_type = 'group'
    WHERE gm.tenant_id = $1 AND gm.user_id = $2
  ), reached AS (
    SELECT id, administers FROM held
    UNION ALL
    SELECT below.id, true FROM held JOIN profile below ON below.tenant_id = $1 AND below.parent_id = held.id WHERE held.administers
    UNION ALL
    SELECT lowest.id, true
    FROM held
      JOIN profile below ON below.tenant_id = $1 AND below.parent_id = held.id
      JOIN profile lowest ON lowest.tenant_id = $1 AND lowest.parent_id = below.id
    WHERE held.administers
  )
  SELECT p.id, p.type, bool_or(reached.administers) AS administers
  FROM reached
    JOIN profile p ON p.tenant_id = $1 AND p.id = reached.id
    LEFT JOIN profile above ON above.tenant_id = $1 AND above.id = p.parent_id
    LEFT JOIN profile top ON top.tenant_id = $1 AND top.id = above.parent_id
  WHERE NOT p.closed AND above.closed IS NOT TRUE AND top.closed IS NOT TRUE
    AND EXISTS (SELECT FROM dir_user u WHERE u.tenant_id = $1 AND u.id = $2 AND u.status = 'active')
  GROUP BY p.id, p.type`;

const withinSql = `
  WITH named AS MATERIALIZED (
    SELECT p.id, p.type FROM profile p
    WHERE p.tenant_id = $1 AND p.id = ANY (SELECT split_part(entity, ':', 2) FROM unnest($2::text[]) AS entity) AND p.type || ':' || p.id = ANY ($2)
  ), below AS MATERIALIZED (
    SELECT p.id, p.type FROM named JOIN profile p ON p.tenant_id = $1 AND p.parent_id = named.id
  )
  SELECT id, type FROM named
  UNION SELECT id, type FROM below
  UNION SELECT p.id, p.type FROM below JOIN profile p ON p.tenant_id = $1 AND p.parent_id = below.id`;
