// Whether an export may be cancelled, and by whom.
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { ExportState } from './export.schema.ts';

export interface CancelAsked {
  readonly state: ExportState;
  readonly requestedBy: string;
  readonly userId: string;
  /** Somebody else's exports, too. */
  readonly mayManage: boolean;
}

/** Null when it is cancelled already. */
export function decideCancel({ state, requestedBy, userId, mayManage }: CancelAsked): 'cancelled' | Refusal | null {
  if (requestedBy !== userId && !mayManage) return refuse('FORBIDDEN', { message: 'It was asked for by somebody else.' });
  if (state === 'cancelled') return null;
  if (state !== 'queued' && state !== 'running') return refuse('CONFLICT', { message: `The export is ${state} already.`, details: { state } });
  return 'cancelled';
}
