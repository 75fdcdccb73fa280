// Takes somebody's own membership of a profile away; what they hold by a group or from above stays.
import { decideRemoveMember } from '../../domain/directory/decide-member.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { knownMember } from './known-member.ts';
import { asSubject, profileWithParents } from './profile-chain.ts';
import { ProfileMember } from './profile.entity.ts';
import { writeDirectory } from './write-directory.ts';
import type { DirectoryWorld, Writer } from './write-directory.ts';

export async function removeMember(
  world: DirectoryWorld,
  writer: Writer,
  { profileId, memberId }: { profileId: string; memberId: string },
): Promise<undefined | Refusal> {
  return writeDirectory(world, writer, async (directory) => {
    const { em, tenantId } = directory;
    const chain = await profileWithParents(directory, profileId);
    const forbidden = directory.refuseUnlessWritable(asSubject(chain));
    if (forbidden !== null) return forbidden;
    const row = await em.findOne(ProfileMember, { tenantId, profileId, memberId });
    const decision = decideRemoveMember({ chain, known: await knownMember(directory, memberId), held: row?.role ?? null });
    if (isRefusal(decision)) return decision;
    if (decision.kind === 'unchanged' || row === null) return { result: undefined, event: null };

    em.remove(row);
    await em.flush();
    return { result: undefined, event: decision.event };
  });
}
