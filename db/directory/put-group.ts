// Puts a group into the directory, or changes one: the members sent replace the members stored.
import { decidePutGroup } from '../../domain/directory/decide-group.ts';
import type { Group, GroupWish } from '../../domain/directory/group.schema.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { holdWhoJoins } from '../held/join-held-groups.ts';
import { forgetAwaitedOfGroup } from './awaited-members.ts';
import { found } from './found.ts';
import { changeUsersOfGroup, openUsersAmong } from './group-members.ts';
import { DirGroup } from './group.entity.ts';
import { findGroup } from './read-groups.ts';
import { storedGroup } from './stored-group.ts';
import { DirUser } from './user.entity.ts';
import { writeDirectory } from './write-directory.ts';
import type { DirectoryWorld, OpenDirectory, Put, Writer, Written } from './write-directory.ts';

export function putGroup(world: DirectoryWorld, writer: Writer, group: { id: string; wish: GroupWish }): Promise<Put<Group> | Refusal> {
  return writeDirectory(world, writer, async (directory) => {
    const written = await putGroupIn(directory, group);
    // The list says who the members are: whoever the identity provider named earlier is not to come in behind it.
    if (!isRefusal(written)) await forgetAwaitedOfGroup(directory, group.id);
    return written;
  });
}

/** Inside a directory that is open already. */
export async function putGroupIn(directory: OpenDirectory, { id, wish }: { id: string; wish: GroupWish }): Promise<Written<Put<Group>> | Refusal> {
  const { em, ask, tenantId, now } = directory;
  const forbidden = directory.refuseUnlessWritable({ kind: 'group' });
  if (forbidden !== null) return forbidden;
  const { row, stored, wasClosed } = await storedGroup(directory, id);
  const decision = decidePutGroup({
    id,
    wish,
    stored,
    wasClosed,
    idIsOfUser: (await em.count(DirUser, { tenantId, id })) > 0,
    openUsers: await openUsersAmong(ask, { tenantId, ids: wish.members }),
  });
  if (isRefusal(decision)) return decision;

  if (decision.kind === 'changed') {
    const values = { name: decision.next.state.name, closed: false, updatedAt: now, ...(stored === null ? { createdAt: now } : {}) };
    if (row === null) em.create(DirGroup, { tenantId, id, createdAt: now, ...values });
    else em.assign(row, values);
    await em.flush();
    await changeUsersOfGroup(ask, { tenantId, groupId: id }, decision.next.members);
    await holdWhoJoins(ask, { tenantId, groupIds: [id], userIds: decision.next.members.added });
  }
  const shown = found(await findGroup(ask, { tenantId, id }));
  return { result: { shown, created: stored === null }, event: decision.kind === 'changed' ? decision.event : null };
}
