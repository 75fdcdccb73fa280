// What a decision about a directory write may come to: nothing to do, a new state with the entry that tells of it, or a refusal.
import type { OwnAction } from '../journal/own-entry.ts';
import type { Refusal } from '../shared/refusal.ts';

/** An entry without what only the writer knows: its id, its time and who did it. */
export type DirectoryEvent = Omit<OwnAction, 'id' | 'nowMs' | 'actor' | 'requestId'>;

export interface Changed<Next> {
  readonly kind: 'changed';
  readonly next: Next;
  readonly event: DirectoryEvent;
}

/** A write that changes nothing writes nothing, and no entry. */
export interface Unchanged {
  readonly kind: 'unchanged';
}

export type Decision<Next> = Changed<Next> | Unchanged | Refusal;

export const unchanged: Unchanged = { kind: 'unchanged' };
