// Reads users of the directory, one or a page, as far as the reader may see them.
import { may } from '../../domain/access/may.ts';
import type { Principal } from '../../domain/access/principal.ts';
import type { User } from '../../domain/directory/user.schema.ts';
import { asking } from '../access/ask.ts';
import type { Ask } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { Client } from '../pool.ts';
import { emptyPage, pageOf } from '../list-page.ts';
import type { Page, PageAsked } from '../list-page.ts';

/** Null when there is none, or none for this reader. */
export async function readUser(client: Client, principal: Principal, id: string): Promise<User | null> {
  const ask = asking(client);
  const asker = await readAsker(ask, principal);
  if (!may({ asker, deed: 'read-directory', subject: { kind: 'user', id } })) return null;
  return findUser(ask, { tenantId: principal.tenantId, id });
}

/** Whoever may not see all users sees a list of themselves. */
export async function listUsers(client: Client, principal: Principal, { afterId, limit }: PageAsked): Promise<Page<User>> {
  const ask = asking(client);
  const { tenantId, userId } = principal;
  const asker = await readAsker(ask, principal);
  const seesAll = may({ asker, deed: 'read-directory', subject: { kind: 'tenant' } });
  if (!seesAll && !may({ asker, deed: 'read-directory', subject: { kind: 'user', id: userId } })) return emptyPage;
  const rows = await ask<User>({
    name: 'list-users',
    text: `${usersSql} AND u.id > $2 AND ($3::text IS NULL OR u.id = $3) ORDER BY u.id LIMIT $4`,
    values: [tenantId, afterId, seesAll ? null : userId, limit + 1],
  });
  return pageOf(rows, { limit });
}

/** Without a question of rights: for who has written the user just now. */
export async function findUser(ask: Ask, { tenantId, id }: { tenantId: string; id: string }): Promise<User | null> {
  const [row] = await ask<User>({ name: 'find-user', text: `${usersSql} AND u.id = $2`, values: [tenantId, id] });
  return row ?? null;
}

const usersSql = `
  SELECT u.id, u.email, u.name, u.status,
    ARRAY(SELECT gm.group_id FROM dir_group_member gm WHERE gm.tenant_id = $1 AND gm.user_id = u.id ORDER BY gm.group_id COLLATE "C") AS groups,
    iso_utc(u.created_at) AS created_at, iso_utc(u.updated_at) AS updated_at
  FROM dir_user u WHERE u.tenant_id = $1 AND u.status <> 'closed'`;
