// A group of the directory: what producers send, what is kept, what is shown.
import { z } from 'zod';
import { producerId } from '../shared/ids.ts';
import { directoryName, idSet } from './directory-text.ts';

const membersPerGroup = 10_000;

/** The members sent replace the members stored. */
export const groupWish = z.strictObject({
  name: directoryName,
  members: z.array(producerId).max(membersPerGroup, `expected at most ${String(membersPerGroup)} members`),
});
export type GroupWish = z.output<typeof groupWish>;

export interface GroupState {
  readonly name: string;
  /** Sorted. */
  readonly members: readonly string[];
}

export function groupStateOf({ name, members }: GroupWish): GroupState {
  return { name, members: idSet(members) };
}

export const group = z.strictObject({
  id: z.string(),
  name: z.string(),
  members: z.array(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Group = z.output<typeof group>;
