// Decides what a command does to a run.
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { Run, RunState } from './run.schema.ts';

export const runCommands = ['approve', 'cancel', 'pause', 'resume'] as const;
export type RunCommand = (typeof runCommands)[number];

/** The state it is in afterwards; null when it is as the command wants it already. */
export function decideRun({ state, requested_by: requestedBy }: Pick<Run, 'state' | 'requested_by'>, command: RunCommand, userId: string): RunState | Refusal | null {
  const { from, to, already } = rules[command];
  if (already.includes(state)) return null;
  if (!from.includes(state)) return refuse('CONFLICT', { message: `The run is ${state.replace('_', ' ')}.`, details: { state } });
  // Who asked for the removal is no second pair of eyes on it.
  if (command === 'approve' && userId === requestedBy) return refuse('SECOND_PERSON_REQUIRED');
  return to;
}

interface Rule {
  readonly from: readonly RunState[];
  readonly to: RunState;
  readonly already: readonly RunState[];
}

const rules: Readonly<Record<RunCommand, Rule>> = {
  approve: { from: ['awaiting_approval'], to: 'queued', already: [] },
  cancel: { from: ['queued', 'awaiting_approval', 'running', 'paused'], to: 'cancelled', already: ['cancelled'] },
  pause: { from: ['queued', 'running'], to: 'paused', already: ['paused'] },
  resume: { from: ['paused'], to: 'queued', already: ['queued', 'running'] },
};
