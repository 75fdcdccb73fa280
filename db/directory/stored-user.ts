// A user as a decision wants to see them: what is stored, as far as they are not closed.
import type { UserState } from '../../domain/directory/user.schema.ts';
import { groupsOfUser } from './group-members.ts';
import { DirUser } from './user.entity.ts';
import type { DirUserRow } from './user.entity.ts';
import type { OpenDirectory } from './write-directory.ts';

export interface StoredUser {
  readonly row: DirUserRow | null;
  /** Null when there is no such user, or a closed one. */
  readonly stored: UserState | null;
  readonly wasClosed: boolean;
}

export async function storedUser({ em, ask, tenantId }: OpenDirectory, id: string): Promise<StoredUser> {
  const row = await em.findOne(DirUser, { tenantId, id });
  if (row === null || row.status === 'closed') return { row, stored: null, wasClosed: row !== null };
  const { email, name, status } = row;
  return { row, stored: { email, name, status, groups: await groupsOfUser(ask, { tenantId, userId: id }) }, wasClosed: false };
}
