// What is said of an entry that exists and is not for the caller, where a door tells so instead of hiding that it exists.
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';

export function hiddenEntry({ visibility }: { readonly visibility: string }): Refusal {
  return visibility === 'internal' ? internal : notPermitted;
}

const internal = refuse('VALIDATION_FAILED', { message: 'event_id: this event is internal' });
const notPermitted = refuse('VALIDATION_FAILED', { message: 'event_id: the caller may not see this event' });
