// Takes a user out of the directory: out of every group and profile. The row stays, so that the id keeps its meaning.
import { decideCloseUser } from '../../domain/directory/decide-user.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { barUser } from '../access/bar-user.ts';
import { changeGroupsOfUser } from './group-members.ts';
import { ProfileMember } from './profile.entity.ts';
import { storedUser } from './stored-user.ts';
import { writeDirectory } from './write-directory.ts';
import type { DirectoryWorld, OpenDirectory, Writer, Written } from './write-directory.ts';

export function closeUser(world: DirectoryWorld, writer: Writer, id: string): Promise<undefined | Refusal> {
  return writeDirectory(world, writer, (directory) => closeUserIn(directory, id));
}

/** Inside a directory that is open already. */
export async function closeUserIn(directory: OpenDirectory, id: string): Promise<Written<undefined> | Refusal> {
  const { em, ask, tenantId, now } = directory;
  const forbidden = directory.refuseUnlessWritable({ kind: 'user', id });
  if (forbidden !== null) return forbidden;
  const { row, stored, wasClosed } = await storedUser(directory, id);
  const held = { tenantId, memberId: id };
  const decision = decideCloseUser({ id, stored, wasClosed, memberships: await em.count(ProfileMember, held) });
  if (isRefusal(decision)) return decision;
  if (decision.kind === 'unchanged' || row === null || stored === null) return { result: undefined, event: null };

  em.assign(row, { status: 'closed', updatedAt: now });
  await em.flush();
  await changeGroupsOfUser(ask, { tenantId, userId: id }, { added: [], removed: stored.groups });
  await em.nativeDelete(ProfileMember, held);
  await barUser(ask, { tenantId, userId: id, now });
  return { result: undefined, event: decision.event };
}
