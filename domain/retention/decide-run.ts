// Decides what a command does to a run.
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import type { Run, RunState } from './run.schema.ts';

export const runCommands = ['approve', 'cancel', 'pause', 'resume', 'confirm', 'restore'] as const;
export type RunCommand = (typeof runCommands)[number];

export type Commanded = Pick<Run, 'state' | 'requested_by' | 'quarantine'>;

/** The state it is in afterwards; null when it is as the command wants it already. */
export function decideRun(run: Commanded, command: RunCommand, userId: string): RunState | Refusal | null {
  const standing = standingOf(run);
  const { from, to, already, bySecondPerson, decision } = rules[command];
  if (already.includes(standing) || (decision !== undefined && run.quarantine?.decision === decision)) return null;
  if (!from.includes(standing)) return refuse('CONFLICT', { message: messageOf(standing), details: { state: run.state } });
  // Who asked for it is no second pair of eyes on it.
  if (bySecondPerson && userId === run.requested_by) return refuse('SECOND_PERSON_REQUIRED');
  return to;
}

/** A quarantine that is in force waits for another word than a run that has not begun. */
type Standing = RunState | 'in_quarantine';

function standingOf({ state, quarantine }: Commanded): Standing {
  return state === 'awaiting_approval' && quarantine?.since != null ? 'in_quarantine' : state;
}

interface Rule {
  readonly from: readonly Standing[];
  readonly to: RunState;
  readonly already: readonly Standing[];
  readonly bySecondPerson: boolean;
  /** What it says about a quarantine. */
  readonly decision?: 'confirmed' | 'restored';
}

const rules: Readonly<Record<RunCommand, Rule>> = {
  approve: { from: ['awaiting_approval'], to: 'queued', already: [], bySecondPerson: true },
  cancel: { from: ['queued', 'awaiting_approval', 'running', 'paused'], to: 'cancelled', already: ['cancelled'], bySecondPerson: false },
  pause: { from: ['queued', 'running'], to: 'paused', already: ['paused'], bySecondPerson: false },
  resume: { from: ['paused'], to: 'queued', already: ['queued', 'running'], bySecondPerson: false },
  confirm: { from: ['in_quarantine'], to: 'queued', already: [], bySecondPerson: true, decision: 'confirmed' },
  restore: { from: ['in_quarantine'], to: 'completed', already: [], bySecondPerson: true, decision: 'restored' },
};

function messageOf(standing: Standing): string {
  return standing === 'in_quarantine' ? 'The quarantine is in force: it is confirmed or restored.' : `The run is ${standing.replace('_', ' ')}.`;
}
