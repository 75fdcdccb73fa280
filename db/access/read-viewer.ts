// Somebody who reads the log, as the database knows them today: which profiles they see, administer, and are limited to.
import { hasAnyScope } from '../../domain/access/scopes.ts';
import { noProfiles } from '../../domain/access/audience.ts';
import type { ProfileSets, Viewer } from '../../domain/access/audience.ts';
import { scopesFor } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import { isSentAway } from '../../domain/access/standing.ts';
import type { Ask } from './ask.ts';
import { isOpenSql, reachedSql, withParentsSql } from './held-profiles-sql.ts';
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

// Where a profile is reached in more ways than one, the widest counts.
const heldSql = `
  ${reachedSql('= $2')}
  SELECT p.id, p.type, bool_or(reached.administers) AS administers
  FROM reached JOIN profile p ON p.tenant_id = $1 AND p.id = reached.id ${withParentsSql}
  WHERE ${isOpenSql} AND EXISTS (SELECT FROM dir_user u WHERE u.tenant_id = $1 AND u.id = $2 AND u.status = 'active')
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
