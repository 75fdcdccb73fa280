// A user of the directory: what producers send, what is kept, what is shown.
import { z } from 'zod';
import { userStatus } from '../access/standing.ts';
import type { UserStatus } from '../access/standing.ts';
import { producerId } from '../shared/ids.ts';
import { directoryEmail, directoryName } from './directory-text.ts';

const groupsPerUser = 500;

/** An absent field that may be absent keeps what is stored; a new user is active and in no group. */
export const userWish = z.strictObject({
  email: directoryEmail,
  name: directoryName,
  status: userStatus.optional(),
  groups: z
    .array(producerId)
    .max(groupsPerUser, `expected at most ${String(groupsPerUser)} groups`)
    .optional(),
});
export type UserWish = z.output<typeof userWish>;

export interface UserState {
  readonly email: string;
  readonly name: string;
  readonly status: UserStatus;
  /** Sorted. */
  readonly groups: readonly string[];
}

export const user = z.strictObject({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  status: userStatus,
  groups: z.array(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
});
export type User = z.output<typeof user>;
