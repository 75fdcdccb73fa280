// The pure function of the lockout: what attempts, reports and time make of one (account, address) pair.
import type { Micros } from '../shared/instant.ts';

export interface OpenAttempt {
  readonly id: string;
  readonly at: Micros;
  /** For the entry of the sign-in. Null for those whom the pair's name is enough. */
  readonly address: string | null;
}

export interface ClosedAttempt {
  readonly id: string;
  readonly outcome: ReportedOutcome | 'lapsed';
}

export type ReportedOutcome = 'success' | 'failure';

export interface PairState {
  /** When the attempts were made that failed, the oldest first. */
  readonly failures: readonly Micros[];
  readonly open: readonly OpenAttempt[];
  /** The last few, so that a report that comes twice is answered alike. */
  readonly closed: readonly ClosedAttempt[];
  readonly lockedUntil: Micros | null;
}

export interface LockoutRules {
  readonly maxAttempts: number;
  readonly windowMicros: Micros;
  readonly lockMicros: Micros;
}

export type PairEvent =
  | { readonly kind: 'failed'; readonly attemptId: string; readonly at: Micros; readonly lapsed: boolean }
  | { readonly kind: 'succeeded'; readonly attemptId: string }
  | { readonly kind: 'locked'; readonly until: Micros; readonly attempts: number }
  | { readonly kind: 'unlocked'; readonly by: 'time' | 'hand' };

export interface Step {
  readonly state: PairState;
  readonly events: readonly PairEvent[];
}

/** An attempt nobody reports by then counts as a failure. */
export const lapseMicros: Micros = 60_000_000;
const closedKept = 20;

export const untouched: PairState = { failures: [], open: [], closed: [], lockedUntil: null };

/** What time alone has made of the pair: the window moves on, unreported attempts lapse, a lock ends. */
export function settle(state: PairState, { now, rules }: { now: Micros; rules: LockoutRules }): Step {
  let step: Step = { state, events: [] };
  for (const lapsed of state.open.filter(({ at }) => at + lapseMicros <= now)) {
    step = after(step, { kind: 'failed', attemptId: lapsed.id, at: lapsed.at, lapsed: true });
    step = tripIfFull(step, { now: lapsed.at + lapseMicros, rules });
  }
  const { lockedUntil } = step.state;
  if (lockedUntil !== null && lockedUntil <= now) step = after(step, { kind: 'unlocked', by: 'time' });
  const failures = step.state.failures.filter((at) => at > now - rules.windowMicros);
  return failures.length === step.state.failures.length ? step : { ...step, state: { ...step.state, failures } };
}

export type Reservation = { readonly allowed: true; readonly remaining: number } | { readonly allowed: false; readonly blockedUntil: Micros };

/** Attempts that are open count: however many arrive at once, no more pass than may fail. */
export function reserve(
  before: PairState,
  { attemptId, address, now, rules }: { attemptId: string; address: string; now: Micros; rules: LockoutRules },
): Step & { readonly answer: Reservation } {
  const { state, events } = settle(before, { now, rules });
  if (state.lockedUntil !== null) return { state, events, answer: { allowed: false, blockedUntil: state.lockedUntil } };
  const remaining = rules.maxAttempts - state.failures.length - state.open.length;
  if (remaining > 0) {
    const open = [...state.open, { id: attemptId, at: now, address }];
    return { state: { ...state, open }, events, answer: { allowed: true, remaining: remaining - 1 } };
  }
  // Without a lock something must be open, or the limit was lowered: then the oldest failure has to leave the window.
  const lapses = state.open.map(({ at }) => at + lapseMicros);
  const leaves = state.failures.map((at) => at + rules.windowMicros);
  return { state, events, answer: { allowed: false, blockedUntil: Math.min(...lapses, ...leaves) } };
}

export type ReportAnswer = 'taken' | 'known' | 'other outcome' | 'unknown';

export function report(
  before: PairState,
  { attemptId, outcome, now, rules }: { attemptId: string; outcome: ReportedOutcome; now: Micros; rules: LockoutRules },
): Step & { readonly answer: ReportAnswer } {
  const settled = settle(before, { now, rules });
  const attempt = settled.state.open.find(({ id }) => id === attemptId);
  if (attempt === undefined) {
    const closed = settled.state.closed.find(({ id }) => id === attemptId);
    return { ...settled, answer: closed === undefined ? 'unknown' : closed.outcome === outcome ? 'known' : 'other outcome' };
  }
  if (outcome === 'success') return { ...after(settled, { kind: 'succeeded', attemptId }), answer: 'taken' };
  return { ...tripIfFull(after(settled, { kind: 'failed', attemptId, at: attempt.at, lapsed: false }), { now, rules }), answer: 'taken' };
}

/** Null when the pair is not locked. */
export function unlock(before: PairState, { now, rules }: { now: Micros; rules: LockoutRules }): Step | null {
  const settled = settle(before, { now, rules });
  return settled.state.lockedUntil === null ? null : after(settled, { kind: 'unlocked', by: 'hand' });
}

/** When time alone will change the pair next; null when it never will. */
export function nextChangeAt({ failures, open, lockedUntil }: PairState, { windowMicros }: LockoutRules): Micros | null {
  const instants = [...open.map(({ at }) => at + lapseMicros), ...failures.map((at) => at + windowMicros), ...(lockedUntil === null ? [] : [lockedUntil])];
  return instants.length === 0 ? null : Math.min(...instants);
}

/** The one place where an event changes a state: for the gate, which decides, and for whoever counts behind it. */
export function applyEvent(state: PairState, event: PairEvent): PairState {
  switch (event.kind) {
    case 'failed':
      return {
        ...state,
        open: state.open.filter(({ id }) => id !== event.attemptId),
        closed: withClosed(state, { id: event.attemptId, outcome: event.lapsed ? 'lapsed' : 'failure' }),
        failures: [...state.failures, event.at].sort((a, b) => a - b),
      };
    case 'succeeded':
      return {
        ...state,
        open: state.open.filter(({ id }) => id !== event.attemptId),
        closed: withClosed(state, { id: event.attemptId, outcome: 'success' }),
        failures: [],
      };
    case 'locked':
      return { ...state, lockedUntil: event.until };
    case 'unlocked':
      return { ...state, lockedUntil: null, failures: [] };
  }
}

function after({ state, events }: Step, event: PairEvent): Step {
  return { state: applyEvent(state, event), events: [...events, event] };
}

function tripIfFull(step: Step, { now, rules }: { now: Micros; rules: LockoutRules }): Step {
  const attempts = step.state.failures.filter((at) => at > now - rules.windowMicros).length;
  if (step.state.lockedUntil !== null || attempts < rules.maxAttempts) return step;
  return after(step, { kind: 'locked', until: now + rules.lockMicros, attempts });
}

function withClosed({ closed }: PairState, attempt: ClosedAttempt): ClosedAttempt[] {
  return [...closed, attempt].slice(-closedKept);
}
