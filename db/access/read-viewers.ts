// Many readers of one tenant at once, in a number of statements that does not grow with them: for live doors, when a right changes.
import { hasAnyScope } from '../../domain/access/scopes.ts';
import type { ProfileSets, Viewer } from '../../domain/access/audience.ts';
import { scopesFor } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import { isSentAway } from '../../domain/access/standing.ts';
import type { Standing } from '../../domain/access/standing.ts';
import type { Ask } from './ask.ts';
import { readViewer } from './read-viewer.ts';

/** In the order of the principals; each as `readViewer` reads it. */
export async function readViewers(ask: Ask, tenantId: string, principals: readonly Principal[]): Promise<Viewer[]> {
  const [single] = principals;
  if (principals.length === 1 && single !== undefined) return [await readViewer(ask, single)];
  const userIds = [...new Set(principals.map(({ userId }) => userId))];
  const [standings, held] = await Promise.all([readStandings(ask, { tenantId, userIds }), readHeld(ask, { tenantId, userIds })]);
  // Connections of one user share what they see.
  const setsOfUser = new Map<string, Pick<Viewer, 'seen' | 'administered'>>();
  const viewers: Viewer[] = [];
  for (const principal of principals) {
    const { userId } = principal;
    // Tokens that are limited to profiles are rare; each has limits of its own.
    if (principal.entities !== null) {
      viewers.push(await readViewer(ask, principal));
      continue;
    }
    const administersAll = hasAnyScope(principal, scopesFor.administer);
    const sets = administersAll ? nothing : (setsOfUser.get(userId) ?? setsOf(held.get(userId) ?? []));
    if (!administersAll) setsOfUser.set(userId, sets);
    viewers.push({ userId, isSentAway: isSentAway(standings.get(userId) ?? 'unknown'), administersAll, ...sets, within: null });
  }
  return viewers;
}

interface Asked {
  readonly tenantId: string;
  readonly userIds: readonly string[];
}

interface HeldRow {
  readonly user_id: string;
  readonly id: string;
  readonly type: ProfileType;
  readonly administers: boolean;
}

async function readStandings(ask: Ask, { tenantId, userIds }: Asked): Promise<Map<string, Standing>> {
  const rows = await ask<{ id: string; status: Standing }>({
    name: 'standings-of-many',
    text: 'SELECT id, status FROM dir_user WHERE tenant_id = $1 AND id = ANY ($2)',
    values: [tenantId, userIds],
  });
  return new Map(rows.map(({ id, status }) => [id, status]));
}

async function readHeld(ask: Ask, { tenantId, userIds }: Asked): Promise<Map<string, HeldRow[]>> {
  const rows = await ask<HeldRow>({ name: 'profiles-held-by-many', text: heldByManySql, values: [tenantId, userIds] });
  return Map.groupBy(rows, ({ user_id }) => user_id);
}

function setsOf(rows: readonly HeldRow[]): Pick<Viewer, 'seen' | 'administered'> {
  const seen = emptySets();
  const administered = emptySets();
  for (const { type, id, administers } of rows) {
    seen[type].add(id);
    if (administers) administered[type].add(id);
  }
  return { seen, administered };
}

function emptySets(): Record<ProfileType, Set<string>> {
  return { org: new Set(), workspace: new Set(), share: new Set() };
}

const none: ProfileSets = emptySets();
const nothing = { seen: none, administered: none };

// As for one reader: from what each user holds downwards; the widest way to a profile counts.
const heldByManySql = `
  WITH held AS MATERIALIZED (
    SELECT m.member_id AS user_id, m.profile_id AS id, m.role IN ('owner', 'admin') AS administers
    FROM profile_member m
    WHERE m.tenant_id = $1 AND m.member_type = 'user' AND m.member_id = ANY ($2)
    UNION
    SELECT gm.user_id, m.profile_id, m.role IN ('owner', 'admin')
    FROM dir_group_member gm
      JOIN dir_group g ON g.tenant_id = $1 AND g.id = gm.group_id AND NOT g.closed
      JOIN profile_member m ON m.tenant_id = $1 AND m.member_id = gm.group_id AND m.member_type = 'group'
    WHERE gm.tenant_id = $1 AND gm.user_id = ANY ($2)
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
  )
  SELECT reached.user_id, p.id, p.type, bool_or(reached.administers) AS administers
  FROM reached
    JOIN dir_user u ON u.tenant_id = $1 AND u.id = reached.user_id AND u.status = 'active'
    JOIN profile p ON p.tenant_id = $1 AND p.id = reached.id
    LEFT JOIN profile above ON above.tenant_id = $1 AND above.id = p.parent_id
    LEFT JOIN profile top ON top.tenant_id = $1 AND top.id = above.parent_id
  WHERE NOT p.closed AND above.closed IS NOT TRUE AND top.closed IS NOT TRUE
  GROUP BY reached.user_id, p.id, p.type`;
