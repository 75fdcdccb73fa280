// A group as a decision wants to see it: what is stored, as far as it is not closed.
import type { GroupState } from '../../domain/directory/group.schema.ts';
import { usersOfGroup } from './group-members.ts';
import { DirGroup } from './group.entity.ts';
import type { DirGroupRow } from './group.entity.ts';
import type { OpenDirectory } from './write-directory.ts';

export interface StoredGroup {
  readonly row: DirGroupRow | null;
  /** Null when there is no such group, or a closed one. */
  readonly stored: GroupState | null;
  readonly wasClosed: boolean;
}

export async function storedGroup({ em, ask, tenantId }: OpenDirectory, id: string): Promise<StoredGroup> {
  const row = await em.findOne(DirGroup, { tenantId, id });
  if (row === null || row.closed) return { row, stored: null, wasClosed: row !== null };
  return { row, stored: { name: row.name, members: await usersOfGroup(ask, { tenantId, groupId: id }) }, wasClosed: false };
}
