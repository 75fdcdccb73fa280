// Which of several rules decides about one entry: a hold beats everything, the longest floor beats any deletion, of deletions the shortest wins.
import type { actions } from './policy.schema.ts';

export interface CoveringPolicy {
  readonly id: string;
  readonly retentionDays: number;
  readonly minRetentionDays: number;
  readonly trigger: 'creation' | 'modification';
  readonly action: (typeof actions)[number];
}

export interface EntryAges {
  /** In microseconds since 1970, as instants are here. */
  readonly eventTime: number;
  readonly recordedAt: number;
  /** The newest event time of an entry of the same resource; the entry's own where it has none. */
  readonly newestOfResource: number;
}

export interface Rules {
  readonly isHeld: boolean;
  /** Those that are enabled and cover the entry. */
  readonly policies: readonly CoveringPolicy[];
}

export interface Fate {
  readonly verdict: 'kept' | 'goes';
  /** The rule that decides now. */
  readonly because: 'hold' | 'floor' | 'not_old_enough' | 'no_policy' | 'due';
  /** The policy whose deletion comes first, and the one whose floor reaches furthest. */
  readonly removedBy: string | null;
  readonly action: CoveringPolicy['action'] | null;
  readonly floorBy: string | null;
  /** When it goes, as the rules are now; null for never, and while it is held. */
  readonly goesAt: number | null;
}

const dayMicros = 86_400_000_000;

export function decideFate(ages: EntryAges, { isHeld, policies }: Rules, now: number): Fate {
  const first = least(policies, (policy) => dueAt(policy, ages));
  const floor = least(policies.filter(({ minRetentionDays }) => minRetentionDays > 0), (policy) => -floorUntil(policy, ages));
  const due = first === null ? null : dueAt(first, ages);
  const until = floor === null ? null : floorUntil(floor, ages);
  const goesAt = due === null ? null : Math.max(due, until ?? due);
  const base = { removedBy: first?.id ?? null, action: first?.action ?? null, floorBy: floor?.id ?? null };
  if (isHeld) return { ...base, verdict: 'kept', because: 'hold', goesAt: null };
  if (due === null) return { ...base, verdict: 'kept', because: 'no_policy', goesAt: null };
  if (due > now) return { ...base, verdict: 'kept', because: 'not_old_enough', goesAt };
  if (until !== null && until > now) return { ...base, verdict: 'kept', because: 'floor', goesAt };
  return { ...base, verdict: 'goes', because: 'due', goesAt };
}

export function dueAt({ trigger, retentionDays }: CoveringPolicy, { eventTime, newestOfResource }: EntryAges): number {
  return (trigger === 'creation' ? eventTime : newestOfResource) + retentionDays * dayMicros;
}

/** From the time of recording: nobody can date an entry back past it. */
export function floorUntil({ minRetentionDays }: CoveringPolicy, { recordedAt }: EntryAges): number {
  return recordedAt + minRetentionDays * dayMicros;
}

/** Of equals the first by id, so that everybody names the same one. */
function least(policies: readonly CoveringPolicy[], of: (policy: CoveringPolicy) => number): CoveringPolicy | null {
  return policies.reduce<CoveringPolicy | null>((best, policy) => {
    if (best === null) return policy;
    const difference = of(policy) - of(best);
    return difference < 0 || (difference === 0 && policy.id < best.id) ? policy : best;
  }, null);
}
