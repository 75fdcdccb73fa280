// Whether a limited token may ask about a profile at all; what it finds there is another question.
import type { Around } from '../filter/current-selection.ts';
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { Viewer } from './audience.ts';

/** Around a person or an event a limited token finds what its profiles hold; another profile is not for it to ask about. Null where it may. */
export function refuseOutOfReach(around: Around | null, { within }: Viewer): Refusal | null {
  if (within === null || around === null || around.kind === 'user' || around.kind === 'parent') return null;
  return within[around.kind].has(around.id) ? null : outOfReach;
}

const outOfReach = refuse('FORBIDDEN', { message: 'The token is limited to other profiles.' });
