// Makes somebody a member of a profile, or gives them another role there.
import type { Role } from '../../domain/access/role.ts';
import { decidePutMember } from '../../domain/directory/decide-member.ts';
import type { Member } from '../../domain/directory/member.schema.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { found } from './found.ts';
import { knownMember } from './known-member.ts';
import { asSubject, profileWithParents } from './profile-chain.ts';
import { ProfileMember } from './profile.entity.ts';
import { findMember } from './read-profiles.ts';
import { writeDirectory } from './write-directory.ts';
import type { DirectoryWorld, Put, Writer } from './write-directory.ts';

export interface MemberPut {
  readonly profileId: string;
  readonly memberId: string;
  readonly role: Role;
}

export async function putMember(
  world: DirectoryWorld,
  writer: Writer,
  { profileId, memberId, role }: MemberPut,
): Promise<Put<Member> | Refusal> {
  return writeDirectory(world, writer, async (directory) => {
    const { em, ask, tenantId } = directory;
    const chain = await profileWithParents(directory, profileId);
    const forbidden = directory.refuseUnlessWritable(asSubject(chain));
    if (forbidden !== null) return forbidden;
    const row = await em.findOne(ProfileMember, { tenantId, profileId, memberId });
    const known = await knownMember(directory, memberId);
    const decision = decidePutMember({ chain, known, held: row?.role ?? null, role });
    if (isRefusal(decision)) return decision;

    if (decision.kind === 'changed') {
      if (row === null) em.create(ProfileMember, { tenantId, profileId, memberId, memberType: decision.next.type, role });
      else em.assign(row, { role });
      await em.flush();
    }
    const shown = found(await findMember(ask, { tenantId, profileId, memberId }));
    return { result: { shown, created: row === null }, event: decision.kind === 'changed' ? decision.event : null };
  });
}
