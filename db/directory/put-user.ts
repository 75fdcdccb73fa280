// Puts a user into the directory, or changes one.
import { decidePutUser } from '../../domain/directory/decide-user.ts';
import type { User, UserWish } from '../../domain/directory/user.schema.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { holdWhoJoins } from '../held/join-held-groups.ts';
import { barUser } from '../access/bar-user.ts';
import { forgetAwaitedOfUser } from './awaited-members.ts';
import { found } from './found.ts';
import { changeGroupsOfUser, openGroupsAmong } from './group-members.ts';
import { DirGroup } from './group.entity.ts';
import { findUser } from './read-users.ts';
import { storedUser } from './stored-user.ts';
import { DirUser } from './user.entity.ts';
import { writeDirectory } from './write-directory.ts';
import type { DirectoryWorld, OpenDirectory, Put, Writer, Written } from './write-directory.ts';

export function putUser(world: DirectoryWorld, writer: Writer, user: { id: string; wish: UserWish }): Promise<Put<User> | Refusal> {
  return writeDirectory(world, writer, async (directory) => {
    const written = await putUserIn(directory, user);
    // The list says which groups they are in: one that awaited them before is not to take them in behind it.
    if (!isRefusal(written) && user.wish.groups !== undefined) await forgetAwaitedOfUser(directory, user.id);
    return written;
  });
}

/** Inside a directory that is open already. */
export async function putUserIn(directory: OpenDirectory, { id, wish }: { id: string; wish: UserWish }): Promise<Written<Put<User>> | Refusal> {
  const { em, ask, tenantId, now } = directory;
  const forbidden = directory.refuseUnlessWritable({ kind: 'user', id });
  if (forbidden !== null) return forbidden;
  const { row, stored, wasClosed } = await storedUser(directory, id);
  const decision = decidePutUser({
    id,
    wish,
    stored,
    wasClosed,
    idIsOfGroup: (await em.count(DirGroup, { tenantId, id })) > 0,
    openGroups: await openGroupsAmong(ask, { tenantId, ids: wish.groups ?? [] }),
  });
  if (isRefusal(decision)) return decision;

  if (decision.kind === 'changed') {
    const { email, name, status } = decision.next.state;
    const values = { email, name, status, updatedAt: now, ...(stored === null ? { createdAt: now } : {}) };
    if (row === null) em.create(DirUser, { tenantId, id, createdAt: now, ...values });
    else em.assign(row, values);
    await em.flush();
    await changeGroupsOfUser(ask, { tenantId, userId: id }, decision.next.groups);
    await holdWhoJoins(ask, { tenantId, groupIds: decision.next.groups.added, userIds: [id] });
    // Who is sent away signs in anew should they ever come back.
    if (status !== 'active' && (stored === null || stored.status === 'active')) await barUser(ask, { tenantId, userId: id, now });
  }
  const shown = found(await findUser(ask, { tenantId, id }));
  return { result: { shown, created: stored === null }, event: decision.kind === 'changed' ? decision.event : null };
}
