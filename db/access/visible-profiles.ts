// Which profiles somebody may see, as one statement over sets: the same rules as may(), held to them by a property test.
import { may } from '../../domain/access/may.ts';
import type { Deed } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { isOpenSql, reachedSql, withParentsSql } from './held-profiles-sql.ts';

/** By which right somebody sees profiles: everything, what their token is limited to, or what their memberships show. */
export type Sight = 'everything' | 'entities' | 'memberships';

/** Looks at the token alone: how its user stands is for the statement to look up. */
export function sightOf(principal: Principal, deed: Extract<Deed, 'read' | 'read-directory'>): Sight {
  const byScope = may({ asker: { ...principal, entities: null, standing: 'unknown' }, deed, subject: { kind: 'tenant' } });
  if (!byScope) return 'memberships';
  return principal.entities === null ? 'everything' : 'entities';
}

/** Rows of the profiles seen. Parameters: $1 tenant, $2 user, $3 the entities of the token or null. */
export function visibleProfilesSql(sight: Sight): string {
  return sight === 'memberships' ? seenByMemberships : seenByScope;
}

const seenByMemberships = `
  ${reachedSql('= $2')}
  SELECT p.*
  FROM (SELECT DISTINCT id FROM reached) AS reached JOIN profile p ON p.tenant_id = $1 AND p.id = reached.id ${withParentsSql}
  WHERE ${isOpenSql} AND ${withinEntities()}
    AND EXISTS (SELECT FROM dir_user u WHERE u.tenant_id = $1 AND u.id = $2 AND u.status = 'active')`;

const seenByScope = `
  SELECT p.*
  FROM profile p ${withParentsSql}
  WHERE p.tenant_id = $1 AND ${withinEntities()}
    AND NOT EXISTS (SELECT FROM dir_user u WHERE u.tenant_id = $1 AND u.id = $2 AND u.status <> 'active')`;

function withinEntities(): string {
  const named = (alias: string): string => `${alias}.type || ':' || ${alias}.id = ANY ($3)`;
  return `($3::text[] IS NULL OR ${named('p')} OR ${named('above')} OR ${named('top')})`;
}
