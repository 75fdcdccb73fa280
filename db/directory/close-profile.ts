// Closes a profile: nobody is a member of it afterwards, and nobody sees what lies under it. Its entries stay.
import { decideCloseProfile } from '../../domain/directory/decide-profile.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { asSubject, profileWithParents } from './profile-chain.ts';
import { ProfileMember } from './profile.entity.ts';
import { stateOf } from './stored-profile.ts';
import { writeDirectory } from './write-directory.ts';
import type { DirectoryWorld, Writer } from './write-directory.ts';

export async function closeProfile(world: DirectoryWorld, writer: Writer, id: string): Promise<undefined | Refusal> {
  return writeDirectory(world, writer, async (directory) => {
    const { em, tenantId, now } = directory;
    const [row, ...parents] = await profileWithParents(directory, id);
    const forbidden = directory.refuseUnlessWritable(asSubject(row === undefined ? [] : [row, ...parents]));
    if (forbidden !== null) return forbidden;
    const held = { tenantId, profileId: id };
    const decision = decideCloseProfile({
      id,
      stored: row === undefined ? null : stateOf(row),
      parents,
      members: await em.count(ProfileMember, held),
    });
    if (isRefusal(decision)) return decision;
    if (decision.kind === 'unchanged' || row === undefined) return { result: undefined, event: null };

    em.assign(row, { closed: true, updatedAt: now });
    await em.flush();
    await em.nativeDelete(ProfileMember, held);
    return { result: undefined, event: decision.event };
  });
}
