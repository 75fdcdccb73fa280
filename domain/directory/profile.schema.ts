// A profile of the directory (organization, workspace, share): what producers send, what is kept, what is shown.
import { z } from 'zod';
import { profileTypes } from '../access/profile-chain.ts';
import type { ProfileType } from '../access/profile-chain.ts';
import { producerId } from '../shared/ids.ts';
import { directoryName } from './directory-text.ts';

const profileType = z.enum(profileTypes);

/** An absent field that may be absent keeps what is stored; a new profile has no parent and is multiplayer. */
export const profileWish = z.strictObject({
  type: profileType,
  name: directoryName,
  parent_id: producerId.nullable().optional(),
  multiplayer: z.boolean().optional(),
});
export type ProfileWish = z.output<typeof profileWish>;

export interface ProfileState {
  readonly type: ProfileType;
  readonly name: string;
  readonly parentId: string | null;
  readonly multiplayer: boolean;
}

export const profile = z.strictObject({
  id: z.string(),
  type: profileType,
  name: z.string(),
  parent_id: z.string().nullable(),
  multiplayer: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Profile = z.output<typeof profile>;
