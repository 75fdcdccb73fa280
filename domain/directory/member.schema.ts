// A member of a profile: a user or a group, with a role.
import { z } from 'zod';
import { role } from '../access/role.ts';

export const memberTypes = ['user', 'group'] as const;
export type MemberType = (typeof memberTypes)[number];

export const memberWish = z.strictObject({ role });
export type MemberWish = z.output<typeof memberWish>;

export const member = z.strictObject({ id: z.string(), type: z.enum(memberTypes), role });
export type Member = z.output<typeof member>;
