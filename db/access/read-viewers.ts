// Many readers of one tenant at once, in a number of statements that does not grow with them: for live doors, when a right changes.
import { hasAnyScope } from '../../domain/access/scopes.ts';
import type { ProfileSets, Viewer } from '../../domain/access/audience.ts';
import { scopesFor } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import { isSentAway } from '../../domain/access/standing.ts';
import type { Standing } from '../../domain/access/standing.ts';
import type { Ask } from './ask.ts';
import { isOpenSql, reachedSql, withParentsSql } from './held-profiles-sql.ts';
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

// As for one reader: where a profile is reached in more ways than one, the widest counts.
const heldByManySql = `
  ${reachedSql('= ANY ($2)')}
  SELECT reached.user_id, p.id, p.type, bool_or(reached.administers) AS administers
  FROM reached
    JOIN dir_user u ON u.tenant_id = $1 AND u.id = reached.user_id AND u.status = 'active'
    JOIN profile p ON p.tenant_id = $1 AND p.id = reached.id ${withParentsSql}
  WHERE ${isOpenSql}
  GROUP BY reached.user_id, p.id, p.type`;
