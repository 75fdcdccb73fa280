// Which rule decides about an entry: every combination of hold, floors and deletions, against the four principles written out once more.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideFate } from '../../domain/retention/precedence.ts';
import type { CoveringPolicy, EntryAges } from '../../domain/retention/precedence.ts';
import { testSeed } from '../harness/seed.ts';

const day = 86_400_000_000;
const now = 1_000 * day;

function policy(id: string, retentionDays: number, more: Partial<CoveringPolicy> = {}): CoveringPolicy {
  return { id, retentionDays, minRetentionDays: 0, trigger: 'creation', action: 'delete', ...more };
}

/** So many days ago: the event, its recording, the newest event of its resource. */
function aged(event: number, recorded = event, newest = event): EntryAges {
  return { eventTime: now - event * day, recordedAt: now - recorded * day, newestOfResource: now - newest * day };
}

const floor = (days: number) => ({ minRetentionDays: days });
const touched = { trigger: 'modification' as const };
const archive = { action: 'archive' as const };
const quarantine = { action: 'quarantine' as const };

/** The settings audit_retention_days and changelog_retention_days as the policy they are. */
function settings(audit: number | null, changes: number | null): CoveringPolicy {
  return policy('settings', audit ?? 36_500, { views: { audit, changes } });
}

function changed(event: number): EntryAges {
  return { ...aged(event), isChange: true };
}

type Row = [name: string, ages: EntryAges, isHeld: boolean, policies: CoveringPolicy[], because: string, by: string | null, goesInDays: number | null];
const table: Row[] = [
  ['no policy', aged(5_000), false, [], 'no_policy', null, null],
  ['no policy, held', aged(5_000), true, [], 'hold', null, null],
  ['one, not old enough', aged(10), false, [policy('a', 30)], 'not_old_enough', 'a', 20],
  ['one, exactly old enough', aged(30), false, [policy('a', 30)], 'due', 'a', 0],
  ['one, older', aged(40), false, [policy('a', 30)], 'due', 'a', -10],
  ['one, older, held', aged(40), true, [policy('a', 30)], 'hold', 'a', null],
  ['nothing to wait for', aged(0), false, [policy('a', 0)], 'due', 'a', 0],
  ['nothing to wait for, held', aged(0), true, [policy('a', 0)], 'hold', 'a', null],
  ['of two deletions the shorter', aged(40), false, [policy('a', 90), policy('b', 30)], 'due', 'b', -10],
  ['of two deletions the shorter, neither due', aged(10), false, [policy('a', 90), policy('b', 30)], 'not_old_enough', 'b', 20],
  ['of two equal ones the first by id', aged(40), false, [policy('b', 30), policy('a', 30)], 'due', 'a', -10],
  ['of three the shortest', aged(40), false, [policy('a', 90), policy('b', 60), policy('c', 10)], 'due', 'c', -30],
  ['own floor reached', aged(40), false, [policy('a', 30, floor(20))], 'due', 'a', -10],
  ['own floor not reached', aged(40), false, [policy('a', 30, floor(60))], 'floor', 'a', 20],
  ['own floor exactly reached', aged(40), false, [policy('a', 30, floor(40))], 'due', 'a', 0],
  ['floor longer than the maximum, neither', aged(10), false, [policy('a', 30, floor(60))], 'not_old_enough', 'a', 50],
  ['floor of another policy', aged(40), false, [policy('a', 30), policy('b', 365, floor(60))], 'floor', 'a', 20],
  ['floor of another, reached', aged(70), false, [policy('a', 30), policy('b', 365, floor(60))], 'due', 'a', -10],
  ['the longest of two floors', aged(40), false, [policy('a', 30, floor(50)), policy('b', 365, floor(100))], 'floor', 'a', 60],
  ['a floor and a hold', aged(40), true, [policy('a', 30, floor(60))], 'hold', 'a', null],
  ['back-dated: recorded today', aged(400, 0), false, [policy('a', 30)], 'due', 'a', -370],
  ['back-dated past a floor', aged(400, 0), false, [policy('a', 30, floor(7))], 'floor', 'a', 7],
  ['back-dated, floor reached since', aged(400, 8), false, [policy('a', 30, floor(7))], 'due', 'a', -1],
  ['recorded earlier than it says', aged(10, 40), false, [policy('a', 30, floor(35))], 'not_old_enough', 'a', 20],
  ['modification: touched since', aged(100, 100, 10), false, [policy('a', 30, touched)], 'not_old_enough', 'a', 20],
  ['modification: untouched', aged(100, 100, 100), false, [policy('a', 30, touched)], 'due', 'a', -70],
  ['modification: just old enough', aged(100, 100, 30), false, [policy('a', 30, touched)], 'due', 'a', 0],
  ['modification, held', aged(100, 100, 100), true, [policy('a', 30, touched)], 'hold', 'a', null],
  ['modification with a floor', aged(100, 100, 100), false, [policy('a', 30, { ...touched, ...floor(200) })], 'floor', 'a', 100],
  ['creation and modification: creation first', aged(100, 100, 10), false, [policy('a', 30, touched), policy('b', 60)], 'due', 'b', -40],
  ['creation and modification: modification first', aged(100, 100, 100), false, [policy('a', 30, touched), policy('b', 200)], 'due', 'a', -70],
  ['creation and modification, neither', aged(20, 20, 10), false, [policy('a', 30, touched), policy('b', 60)], 'not_old_enough', 'a', 20],
  ['archive alone', aged(40), false, [policy('a', 30, archive)], 'due', 'a', -10],
  ['archive before delete', aged(40), false, [policy('a', 30, archive), policy('b', 90)], 'due', 'a', -10],
  ['delete before archive', aged(40), false, [policy('a', 90, archive), policy('b', 30)], 'due', 'b', -10],
  ['quarantine alone', aged(40), false, [policy('a', 30, quarantine)], 'due', 'a', -10],
  ['quarantine, held', aged(40), true, [policy('a', 30, quarantine)], 'hold', 'a', null],
  ['quarantine before delete', aged(40), false, [policy('a', 30, quarantine), policy('b', 35)], 'due', 'a', -10],
  ['archive kept by a floor', aged(40), false, [policy('a', 30, { ...archive, ...floor(50) })], 'floor', 'a', 10],
  ['a floor alone in effect: a maximum far off', aged(40), false, [policy('a', 36_500, floor(50))], 'not_old_enough', 'a', 36_460],
  ['two floors, one reached', aged(40), false, [policy('a', 30, floor(20)), policy('b', 30, floor(50))], 'floor', 'a', 10],
  ['two floors, both reached', aged(60), false, [policy('a', 30, floor(20)), policy('b', 30, floor(50))], 'due', 'a', -10],
  ['settings: an event past the audit days', aged(40), false, [settings(30, 365)], 'due', 'settings', -10],
  ['settings: an event whatever the change log keeps', aged(40), false, [settings(30, null)], 'due', 'settings', -10],
  ['settings: a change past the audit days only', changed(40), false, [settings(30, 365)], 'not_old_enough', 'settings', 325],
  ['settings: a change past the days of the change log only', changed(40), false, [settings(365, 30)], 'not_old_enough', 'settings', 325],
  ['settings: a change past both', changed(400), false, [settings(365, 30)], 'due', 'settings', -35],
  ['settings: a change with the audit log for ever', changed(400), false, [settings(null, 30)], 'no_policy', null, null],
  ['settings: an event with the audit log for ever', aged(400), false, [settings(null, 30)], 'no_policy', null, null],
  ['settings: a change past both, held', changed(400), true, [settings(365, 30)], 'hold', 'settings', null],
  ['settings: a change past both, kept by a floor', changed(400), false, [settings(365, 30), policy('sox', 3_650, floor(500))], 'floor', 'settings', 100],
  ['settings longer than a policy: the policy is the shorter on both views', changed(40), false, [settings(365, 365), policy('a', 30)], 'due', 'a', -10],
  ['settings shorter than a policy', aged(40), false, [settings(30, 30), policy('a', 60)], 'due', 'settings', -10],
  ['a year and a seven-year floor', aged(400), false, [policy('gdpr', 365), policy('sox', 3_650, floor(2_555))], 'floor', 'gdpr', 2_155],
];

describe('which rule decides', () => {
  it.each(table)('when it is: %s, then as the table says', (_name, ages, isHeld, policies, because, by, goesInDays) => {
    for (const order of [policies, policies.toReversed()]) {
      const fate = decideFate(ages, { isHeld, policies: order }, now);
      expect({ because: fate.because, by: fate.removedBy, goesInDays: fate.goesAt === null ? null : (fate.goesAt - now) / day }).toEqual({ because, by, goesInDays });
      expect(fate.verdict).toBe(because === 'due' ? 'goes' : 'kept');
    }
  });

  it('when the table is counted, then it has forty rows or more', () => {
    expect(table.length).toBeGreaterThanOrEqual(40);
  });

  it.each<[string, EntryAges, boolean, CoveringPolicy[], number | null, number | null]>([
    ['a change that leaves the audit log first', changed(40), false, [settings(30, 365)], -10, 325],
    ['a change that leaves the change log first', changed(40), false, [settings(365, 30)], 325, -10],
    ['an event is in no change log', aged(40), false, [settings(30, 20)], -10, null],
    ['the audit log for ever', changed(40), false, [settings(null, 30)], null, -10],
    ['held: it leaves neither', changed(40), true, [settings(30, 30)], null, null],
    ['a floor keeps it in both', changed(40), false, [settings(30, 30), policy('sox', 3_650, floor(50))], 10, 10],
    ['a policy ends both', changed(40), false, [policy('a', 60)], 20, 20],
    ['the shortest on each view', changed(40), false, [settings(30, 365), policy('a', 60)], -10, 20],
    ['no rule', changed(40), false, [], null, null],
  ])('when it is: %s, then it leaves each view at its time', (_name, ages, isHeld, policies, audit, changes) => {
    const { leavesAt } = decideFate(ages, { isHeld, policies }, now);
    const inDays = (at: number | null): number | null => (at === null ? null : (at - now) / day);
    expect([inDays(leavesAt.audit), inDays(leavesAt.changes)]).toEqual([audit, changes]);
  });

  const seed = testSeed();
  it(`when rules are random (seed ${String(seed)}), then adding a hold or a floor never removes, and adding a deletion never keeps`, () => {
    const days = fc.integer({ min: 0, max: 50 });
    const drawn = fc.record({ id: fc.constantFrom('a', 'b', 'c'), retentionDays: days, minRetentionDays: days, trigger: fc.constantFrom('creation' as const, 'modification' as const), action: fc.constantFrom('delete' as const, 'archive' as const) });
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 4 }), drawn, days, days, days, (policies, extra, event, recorded, newest) => {
        const ages = aged(event, recorded, Math.min(event, newest));
        const goes = (some: readonly CoveringPolicy[], isHeld = false): boolean => decideFate(ages, { isHeld, policies: some }, now).verdict === 'goes';
        expect(goes(policies, true)).toBe(false);
        if (!goes(policies)) expect(goes([...policies, { ...extra, retentionDays: 60 }])).toBe(false);
        if (goes(policies)) expect(goes([...policies, { ...extra, minRetentionDays: 0 }])).toBe(true);
        const isDue = policies.some((one) => (one.trigger === 'creation' ? ages.eventTime : ages.newestOfResource) <= now - one.retentionDays * day);
        const isFloored = policies.some((one) => one.minRetentionDays > 0 && ages.recordedAt > now - one.minRetentionDays * day);
        expect(goes(policies)).toBe(isDue && !isFloored);
      }),
      { seed },
    );
  });
});
