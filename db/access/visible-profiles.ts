// Which profiles somebody may see, as one statement over sets: the same rules as may(), held to them by a property test.
import { may } from '../../domain/access/may.ts';
import type { Deed } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';

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

// From what the user holds downwards: never through all profiles of the tenant. No chain is longer than three.
const seenByMemberships = `
  WITH held AS MATERIALIZED (
    SELECT m.profile_id AS id, m.role IN ('owner', 'admin') AS goes_down
    FROM profile_member m
    WHERE m.tenant_id = $1 AND m.member_type = 'user' AND m.member_id = $2
    UNION
    SELECT m.profile_id, m.role IN ('owner', 'admin')
    FROM dir_group_member gm
      JOIN dir_group g ON g.tenant_id = $1 AND g.id = gm.group_id AND NOT g.closed
      JOIN profile_member m ON m.tenant_id = $1 AND m.member_id = gm.group_id AND m.member_type = 'group'
    WHERE gm.tenant_id = $1 AND gm.user_id = $2
  ), reached AS (
    SELECT id FROM held
    UNION
    SELECT below.id FROM held JOIN profile below ON below.tenant_id = $1 AND below.parent_id = held.id WHERE held.goes_down
    UNION
    SELECT lowest.id
    FROM held
      JOIN profile below ON below.tenant_id = $1 AND below.parent_id = held.id
      JOIN profile lowest ON lowest.tenant_id = $1 AND lowest.parent_id = below.id
    WHERE held.goes_down
  )
  SELECT p.*
  FROM reached JOIN profile p ON p.tenant_id = $1 AND p.id = reached.id ${withParents()}
  WHERE NOT p.closed AND above.closed IS NOT TRUE AND top.closed IS NOT TRUE AND ${withinEntities()}
    AND EXISTS (SELECT FROM dir_user u WHERE u.tenant_id = $1 AND u.id = $2 AND u.status = 'active')`;

const seenByScope = `
  SELECT p.*
  FROM profile p ${withParents()}
  WHERE p.tenant_id = $1 AND ${withinEntities()}
    AND NOT EXISTS (SELECT FROM dir_user u WHERE u.tenant_id = $1 AND u.id = $2 AND u.status <> 'active')`;

function withParents(): string {
  return `LEFT JOIN profile above ON above.tenant_id = $1 AND above.id = p.parent_id
    LEFT JOIN profile top ON top.tenant_id = $1 AND top.id = above.parent_id`;
}

function withinEntities(): string {
  const named = (alias: string): string => `${alias}.type || ':' || ${alias}.id = ANY ($3)`;
  return `($3::text[] IS NULL OR ${named('p')} OR ${named('above')} OR ${named('top')})`;
}
