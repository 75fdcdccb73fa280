// Which of several rules decides about one entry: a hold beats everything, the longest floor beats any deletion, of deletions the shortest wins.
import type { actions } from './policy.schema.ts';
import { removalDays } from './views.ts';
import type { ViewDays } from './views.ts';

export interface CoveringPolicy {
  readonly id: string;
  readonly retentionDays: number;
  readonly minRetentionDays: number;
  readonly trigger: 'creation' | 'modification';
  readonly action: (typeof actions)[number];
  /** Of the policy that the settings are; every other removes from all views at once. */
  readonly views?: ViewDays | null;
}

export interface EntryAges {
  /** In microseconds since 1970, as instants are here. */
  readonly eventTime: number;
  readonly recordedAt: number;
  /** The newest event time of an entry of the same resource; the entry's own where it has none. */
  readonly newestOfResource: number;
  /** It is in the change log as well as in the audit log. */
  readonly isChange?: boolean;
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
  /** When it leaves each view it is in; null for never, while it is held, and for a view it is not in. */
  readonly leavesAt: { readonly audit: number | null; readonly changes: number | null };
}

const dayMicros = 86_400_000_000;

export function decideFate(ages: EntryAges, { isHeld, policies }: Rules, now: number): Fate {
  const first = least(policies.filter((policy) => dueAt(policy, ages) !== null), (policy) => dueAt(policy, ages) ?? 0);
  const floor = least(policies.filter(({ minRetentionDays }) => minRetentionDays > 0), (policy) => -floorUntil(policy, ages));
  const due = first === null ? null : dueAt(first, ages);
  const until = floor === null ? null : floorUntil(floor, ages);
  const goesAt = due === null ? null : Math.max(due, until ?? due);
  const leavesAt = { audit: leaves('audit', ages, { isHeld, policies }), changes: leaves('changes', ages, { isHeld, policies }) };
  const base = { removedBy: first?.id ?? null, action: first?.action ?? null, floorBy: floor?.id ?? null, leavesAt };
  if (isHeld) return { ...base, verdict: 'kept', because: 'hold', goesAt: null };
  if (due === null) return { ...base, verdict: 'kept', because: 'no_policy', goesAt: null };
  if (due > now) return { ...base, verdict: 'kept', because: 'not_old_enough', goesAt };
  if (until !== null && until > now) return { ...base, verdict: 'kept', because: 'floor', goesAt };
  return { ...base, verdict: 'goes', because: 'due', goesAt };
}

/** Null for never. */
export function dueAt({ trigger, retentionDays, views }: CoveringPolicy, { eventTime, newestOfResource, isChange = false }: EntryAges): number | null {
  if (views != null) {
    const days = removalDays(views, { isChange });
    return days === null ? null : eventTime + days * dayMicros;
  }
  return (trigger === 'creation' ? eventTime : newestOfResource) + retentionDays * dayMicros;
}

/** From the time of recording: nobody can date an entry back past it. */
export function floorUntil({ minRetentionDays }: CoveringPolicy, { recordedAt }: EntryAges): number {
  return recordedAt + minRetentionDays * dayMicros;
}

/** Of all that end its time in the view the shortest; a hold and a floor keep it there. */
function leaves(view: 'audit' | 'changes', ages: EntryAges, { isHeld, policies }: Rules): number | null {
  if (isHeld || (view === 'changes' && ages.isChange !== true)) return null;
  const ends = policies.flatMap((policy) => {
    if (policy.views == null) return dueAt(policy, ages) ?? [];
    const days = policy.views[view];
    return days === null ? [] : ages.eventTime + days * dayMicros;
  });
  if (ends.length === 0) return null;
  return Math.max(Math.min(...ends), ...policies.filter(({ minRetentionDays }) => minRetentionDays > 0).map((policy) => floorUntil(policy, ages)));
}

/** Of equals the first by id, so that everybody names the same one. */
function least(policies: readonly CoveringPolicy[], of: (policy: CoveringPolicy) => number): CoveringPolicy | null {
  return policies.reduce<CoveringPolicy | null>((best, policy) => {
    if (best === null) return policy;
    const difference = of(policy) - of(best);
    return difference < 0 || (difference === 0 && policy.id < best.id) ? policy : best;
  }, null);
}
