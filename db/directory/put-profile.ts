// Puts a profile into the directory, or changes one.
import { decidePutProfile, wantedParentId } from '../../domain/directory/decide-profile.ts';
import type { Profile as ShownProfile, ProfileWish } from '../../domain/directory/profile.schema.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { found } from './found.ts';
import { asSubject, profileWithParents } from './profile-chain.ts';
import { Profile } from './profile.entity.ts';
import { findProfile } from './read-profiles.ts';
import { stateOf } from './stored-profile.ts';
import { writeDirectory } from './write-directory.ts';
import type { DirectoryWorld, Put, Writer } from './write-directory.ts';

export async function putProfile(
  world: DirectoryWorld,
  writer: Writer,
  { id, wish }: { id: string; wish: ProfileWish },
): Promise<Put<ShownProfile> | Refusal> {
  return writeDirectory(world, writer, async (directory) => {
    const { em, ask, tenantId, now } = directory;
    const before = await profileWithParents(directory, id);
    const [row] = before;
    const stored = row === undefined ? null : stateOf(row);
    const parents = await profileWithParents(directory, wantedParentId(wish, stored));
    // A token limited to some profiles can neither take one from elsewhere nor put one there.
    const after = [{ id, type: wish.type, closed: false }, ...parents];
    const forbidden =
      (before.length === 0 ? null : directory.refuseUnlessWritable(asSubject(before))) ?? directory.refuseUnlessWritable(asSubject(after));
    if (forbidden !== null) return forbidden;
    const decision = decidePutProfile({ id, wish, stored, parents });
    if (isRefusal(decision)) return decision;

    const created = stored === null || stored.closed;
    if (decision.kind === 'changed') {
      const values = { ...decision.next, closed: false, updatedAt: now, ...(created ? { createdAt: now } : {}) };
      if (row === undefined) em.create(Profile, { tenantId, id, createdAt: now, ...values });
      else em.assign(row, values);
      await em.flush();
    }
    const shown = found(await findProfile(ask, { tenantId, id }));
    return { result: { shown, created }, event: decision.kind === 'changed' ? decision.event : null };
  });
}
