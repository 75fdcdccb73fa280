// Who is meant by the id of a member: a user or a group, open or closed.
import type { KnownMember } from '../../domain/directory/decide-member.ts';
import { DirGroup } from './group.entity.ts';
import { DirUser } from './user.entity.ts';
import type { OpenDirectory } from './write-directory.ts';

/** Null when the directory never knew anybody of this id. No id is both: see the decisions about users and groups. */
export async function knownMember({ em, tenantId }: OpenDirectory, id: string): Promise<KnownMember | null> {
  const user = await em.findOne(DirUser, { tenantId, id });
  if (user !== null) return { id, type: 'user', name: user.name, closed: user.status === 'closed' };
  const group = await em.findOne(DirGroup, { tenantId, id });
  return group === null ? null : { id, type: 'group', name: group.name, closed: group.closed };
}
