// What users hold of profiles by membership, as statements share it: their own and their groups', and what lies below where a role goes down.

/**
 * Begins a statement: `reached (user_id, id, administers)`, from what a user holds downwards and never through all profiles of the tenant;
 * a profile may be reached more than once. Parameters: $1 tenant, $2 the user, or all of them.
 */
export function reachedSql(users: '= $2' | '= ANY ($2)'): string {
  // No chain of profiles is longer than three.
  return `WITH held AS MATERIALIZED (
    SELECT m.member_id AS user_id, m.profile_id AS id, m.role IN ('owner', 'admin') AS administers
    FROM profile_member m
    WHERE m.tenant_id = $1 AND m.member_type = 'user' AND m.member_id ${users}
    UNION
    SELECT gm.user_id, m.profile_id, m.role IN ('owner', 'admin')
    FROM dir_group_member gm
      JOIN dir_group g ON g.tenant_id = $1 AND g.id = gm.group_id AND NOT g.closed
      JOIN profile_member m ON m.tenant_id = $1 AND m.member_id = gm.group_id AND m.member_type = 'group'
    WHERE gm.tenant_id = $1 AND gm.user_id ${users}
  ), reached AS (
    SELECT user_id, id, administers FROM held
    UNION ALL
    SELECT held.user_id, below.id, true FROM held JOIN profile below ON below.tenant_id = $1 AND below.parent_id = held.id WHERE held.administers
    UNION ALL
    SELECT held.user_id, lowest.id, true
    FROM held
      JOIN profile below ON below.tenant_id = $1 AND below.parent_id = held.id
      JOIN profile lowest ON lowest.tenant_id = $1 AND lowest.parent_id = below.id
    WHERE held.administers
  )`;
}

/** Joins what lies above the profile p. */
export const withParentsSql = `LEFT JOIN profile above ON above.tenant_id = $1 AND above.id = p.parent_id
    LEFT JOIN profile top ON top.tenant_id = $1 AND top.id = above.parent_id`;

/** Nobody holds anything of a profile that is closed, or lies under one. */
export const isOpenSql = 'NOT p.closed AND above.closed IS NOT TRUE AND top.closed IS NOT TRUE';
