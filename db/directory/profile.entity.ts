// The rows of profiles and of their members, as the ORM sees them.
import { defineEntity, p } from '@mikro-orm/postgresql';
import type { InferEntity } from '@mikro-orm/postgresql';
import { profileTypes } from '../../domain/access/profile-chain.ts';
import { roles } from '../../domain/access/role.ts';
import { memberTypes } from '../../domain/directory/member.schema.ts';

export const Profile = defineEntity({
  name: 'Profile',
  tableName: 'profile',
  properties: {
    tenantId: p.string().primary(),
    id: p.string().primary(),
    type: p.enum(profileTypes),
    name: p.string(),
    parentId: p.string().nullable(),
    multiplayer: p.boolean(),
    closed: p.boolean(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type ProfileRow = InferEntity<typeof Profile>;

export const ProfileMember = defineEntity({
  name: 'ProfileMember',
  tableName: 'profile_member',
  properties: {
    tenantId: p.string().primary(),
    profileId: p.string().primary(),
    memberId: p.string().primary(),
    memberType: p.enum(memberTypes),
    role: p.enum(roles),
  },
});
