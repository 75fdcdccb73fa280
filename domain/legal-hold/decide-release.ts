// Decides who may release a hold, or an item of one: a second person, always.
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';

export interface Releasable {
  /** Who made the hold, and who placed what would be released. */
  readonly by: readonly string[];
  readonly releasedAt: string | null;
}

/** Null when it may go on. */
export function refuseRelease({ by, releasedAt }: Releasable, userId: string): Refusal | null {
  if (releasedAt !== null) return refuse('CONFLICT', { message: 'It is released already.', details: { released_at: releasedAt } });
  return by.includes(userId) ? refuse('SECOND_PERSON_REQUIRED') : null;
}
