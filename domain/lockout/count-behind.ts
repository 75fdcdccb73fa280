// Counting behind the gate: from what was counted and what is told to what is counted now, and whether the two disagree.
import type { Micros } from '../shared/instant.ts';
import { applyEvent, lapseMicros } from './pair-state.ts';
import type { LockoutRules, PairEvent, PairState } from './pair-state.ts';

export interface Counted {
  readonly version: number;
  readonly state: PairState;
  readonly rules: LockoutRules;
}

/** The row as it was read, and the events that led to it, as far as they are kept. */
export interface PairTold extends Counted {
  readonly events: readonly { readonly version: number; readonly event: PairEvent }[];
  readonly now: Micros;
}

export interface CountedBehind {
  readonly counted: Counted;
  /** The own count led elsewhere than the row although nothing was missed. The row is right. */
  readonly differs: boolean;
}

export function countBehind(before: Counted | null, told: PairTold): CountedBehind {
  const { version, state, rules } = told;
  // Signals may come late or twice.
  if (before !== null && version < before.version) return { counted: before, differs: false };
  if (before !== null && version === before.version) return { counted: withOpen(before, state), differs: false };
  const counted = { version, state, rules };
  const news = told.events.filter((one) => one.version > (before?.version ?? 0));
  const missedNothing = news.length === version - (before?.version ?? 0);
  if (!missedNothing) return { counted, differs: false };
  const own = news.reduce((current, { event }) => applyEvent(current, event), before?.state ?? { failures: [], open: [], closed: [], lockedUntil: null });
  return { counted, differs: comparable(own, told) !== comparable(state, told) };
}

/** When something is to be done about the pair: an attempt lapses, or a lock ends. Null when nothing will be. */
export function nextDutyAt({ state: { open, lockedUntil } }: Counted): Micros | null {
  const instants = [...open.map(({ at }) => at + lapseMicros), ...(lockedUntil === null ? [] : [lockedUntil])];
  return instants.length === 0 ? null : Math.min(...instants);
}

/** From when on nothing of the pair counts any more; null when nothing does already. */
export function windowEndsAt({ state: { failures }, rules }: Counted): Micros | null {
  const newest = failures.at(-1);
  return newest === undefined ? null : newest + rules.windowMicros;
}

/** What the counting workflow is told of a pair names nobody: it is kept in a history. */
export function withoutAddresses(state: PairState): PairState {
  return { ...state, open: state.open.map((attempt) => ({ ...attempt, address: null })) };
}

/** As long as the version stays, attempts are opened and none is closed. */
function withOpen(before: Counted, { open }: PairState): Counted {
  return open.length > before.state.open.length ? { ...before, state: { ...before.state, open } } : before;
}

/** Attempts that are open are the gate's alone: reserving one raises no version. */
function comparable({ failures, lockedUntil }: PairState, { now, rules }: PairTold): string {
  return JSON.stringify([failures.filter((at) => at > now - rules.windowMicros), lockedUntil]);
}
