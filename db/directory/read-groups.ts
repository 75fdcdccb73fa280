// Reads groups of the directory, one or a page, for those who may see the directory.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { Group } from '../../domain/directory/group.schema.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Client } from '../pool.ts';
import { emptyPage, pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';

/** Null when there is none, or none for this reader. */
export async function readGroup(client: Client, principal: Principal, id: string): Promise<Group | null> {
  const ask = asking(client);
  if (!(await seesGroups(ask, principal))) return null;
  return findGroup(ask, { tenantId: principal.tenantId, id });
}

export async function listGroups(client: Client, principal: Principal, { afterId, limit }: PageAsked): Promise<Page<Group>> {
  const ask = asking(client);
  if (!(await seesGroups(ask, principal))) return emptyPage;
  const rows = await ask<GroupInPage>({
    name: 'list-groups',
    text: pageSql,
    values: [principal.tenantId, afterId, limit + 1, membersPerPage],
  });
  const found = Number(rows[0]?.found ?? 0);
  return pageOf(rows.map(withoutCount), { limit, hasMore: found > Math.min(limit, rows.length) });
}

/** Without a question of rights: for who has written the group just now. */
export async function findGroup(ask: Ask, { tenantId, id }: { tenantId: string; id: string }): Promise<Group | null> {
  const [row] = await ask<Group>({
    name: 'find-group',
    text: `SELECT ${columns}, ${membersSql} AS members FROM dir_group g WHERE g.tenant_id = $1 AND g.id = $2 AND NOT g.closed`,
    values: [tenantId, id],
  });
  return row ?? null;
}

async function seesGroups(ask: Ask, principal: Principal): Promise<boolean> {
  return may({ asker: await readAsker(ask, principal), deed: 'read-directory', subject: { kind: 'group' } });
}

interface GroupInPage extends Group {
  readonly found: string;
}

function withoutCount({ id, name, members, created_at, updated_at }: GroupInPage): Group {
  return { id, name, members, created_at, updated_at };
}

const columns = 'g.id, g.name, iso_utc(g.created_at) AS created_at, iso_utc(g.updated_at) AS updated_at';
const membersSql = `ARRAY(SELECT gm.user_id FROM dir_group_member gm WHERE gm.tenant_id = $1 AND gm.group_id = g.id ORDER BY gm.user_id COLLATE "C")`;

/** A page of large groups is cut earlier: an answer stays of bounded size. It holds one group in any case. */
const membersPerPage = 50_000;
const pageSql = `
  SELECT id, name, created_at, updated_at, members, found
  FROM (
    SELECT *, count(*) OVER () AS found, sum(cardinality(members)) OVER (ORDER BY id) - cardinality(members) AS members_before
    FROM (
      SELECT ${columns}, ${membersSql} AS members
      FROM dir_group g WHERE g.tenant_id = $1 AND NOT g.closed AND g.id > $2 ORDER BY g.id LIMIT $3
    ) AS asked
  ) AS counted
  WHERE members_before < $4 ORDER BY id`;
