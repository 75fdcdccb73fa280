// Dissolves a group: it has no members and holds no role afterwards. The row stays, so that the id keeps its meaning.
import { decideCloseGroup } from '../../domain/directory/decide-group.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { forgetAwaitedOfGroup } from './awaited-members.ts';
import { changeUsersOfGroup } from './group-members.ts';
import { ProfileMember } from './profile.entity.ts';
import { storedGroup } from './stored-group.ts';
import { writeDirectory } from './write-directory.ts';
import type { DirectoryWorld, OpenDirectory, Writer, Written } from './write-directory.ts';

export function closeGroup(world: DirectoryWorld, writer: Writer, id: string): Promise<undefined | Refusal> {
  return writeDirectory(world, writer, async (directory) => {
    const written = await closeGroupIn(directory, id);
    if (!isRefusal(written)) await forgetAwaitedOfGroup(directory, id);
    return written;
  });
}

/** Inside a directory that is open already. */
export async function closeGroupIn(directory: OpenDirectory, id: string): Promise<Written<undefined> | Refusal> {
  const { em, ask, tenantId, now } = directory;
  const forbidden = directory.refuseUnlessWritable({ kind: 'group' });
  if (forbidden !== null) return forbidden;
  const { row, stored, wasClosed } = await storedGroup(directory, id);
  const held = { tenantId, memberId: id };
  const decision = decideCloseGroup({ id, stored, wasClosed, memberships: await em.count(ProfileMember, held) });
  if (isRefusal(decision)) return decision;
  if (decision.kind === 'unchanged' || row === null || stored === null) return { result: undefined, event: null };

  em.assign(row, { closed: true, updatedAt: now });
  await em.flush();
  await changeUsersOfGroup(ask, { tenantId, groupId: id }, { added: [], removed: stored.members });
  await em.nativeDelete(ProfileMember, held);
  return { result: undefined, event: decision.event };
}
