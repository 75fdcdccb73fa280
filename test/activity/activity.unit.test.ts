// The pure parts of activity: texts of stamps, what an entry touches, how much is shown, whose rights an entry may have changed.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rightsConcern } from '../../db/activity/rights-concern.ts';
import { formatStamp, parseStamp } from '../../domain/activity/stamp-text.ts';
import { shownStamps } from '../../domain/activity/stamps.ts';
import { touchedBy } from '../../domain/activity/touched.ts';

describe('when a stamp is written', () => {
  it('then it has six digits and its zone, and is read back to the microsecond', () => {
    expect(formatStamp(1_737_369_045_123_456)).toBe('2025-01-20 10:30:45.123456 UTC');
    expect(formatStamp(1_737_369_045_000_000)).toBe('2025-01-20 10:30:45.000000 UTC');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (micros) => {
        expect(parseStamp(formatStamp(micros))).toBe(micros);
        expect(parseStamp(formatStamp(micros).replace(' UTC', ''))).toBe(micros);
      }),
    );
  });

  it('then later ones sort behind earlier ones as text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), fc.integer({ min: 1, max: 1_000_000_000 }), (micros, more) => {
        expect(formatStamp(micros) < formatStamp(micros + more)).toBe(true);
      }),
    );
  });

  it.each(['', '2025-01-20', '10:30:45', '2025-13-20 10:30:45', '2025-02-30 10:30:45', '2025-01-20 10:30:45.1234567', '2025-01-20 10:30:45 CET', '1737369045'])(
    'then %j is no stamp',
    (text) => {
      expect(parseStamp(text)).toBeNull();
    },
  );
});

const entry = { activity: ['upload:x', 'member:u'], visibility: 'external', user_id: 'a', target_user_id: null, org_id: 'o', workspace_id: 'o', share_id: null };

describe('when an entry touches somebody', () => {
  it('then each profile once, with the keys and their bare ones, and the actor with the upload alone', () => {
    expect(touchedBy(entry)).toEqual([
      { subject: 'p:o', keys: ['upload:x', 'upload', 'member:u', 'members'] },
      { subject: 'u:a', keys: ['upload:x', 'upload'] },
    ]);
  });

  it('then an actor whom it concerns is touched once, and an internal entry touches nobody', () => {
    expect(touchedBy({ ...entry, target_user_id: 'a' }).map(({ subject }) => subject)).toEqual(['p:o', 'u:a']);
    expect(touchedBy({ ...entry, visibility: 'internal' })).toEqual([]);
  });
});

describe('when there are more fields than an answer shows', () => {
  it('then the newest of either kind are shown, the newest first', () => {
    const stamps = new Map(Array.from({ length: 5_000 }, (_, index) => [index % 2 === 0 ? `storage:f${String(index)}` : `own_${'x'.repeat(index)}`, { seq: index, at: index }]));
    const shown = shownStamps(stamps);

    expect(shown).toHaveLength(2_000);
    expect(shown.map(([, { seq }]) => seq)).toEqual(Array.from({ length: 2_000 }, (_, index) => 4_999 - index));
  });
});

describe('when an entry touches rights', () => {
  const named = { resource_type: null, resource_id: null, target_user_id: null, org_id: null, workspace_id: null, share_id: null };
  const watched = new Set(['usr_m', 'shr_1', 'ws_1']);
  it.each([
    ['names the user', { ...named, resource_type: 'user', resource_id: 'usr_m' }, true],
    ['concerns the user', { ...named, resource_type: 'session', resource_id: 'sid', target_user_id: 'usr_m' }, true],
    ['names a parent', { ...named, workspace_id: 'ws_1' }, true],
    ['is about a group', { ...named, resource_type: 'group', resource_id: 'grp' }, true],
    ['names nobody', { ...named, resource_type: 'settings', resource_id: 'global' }, true],
    ['names others alone', { ...named, resource_type: 'share', resource_id: 'shr_2', share_id: 'shr_2', target_user_id: 'usr_x' }, false],
  ])('then one that %s makes a waiter ask again or not', (_what, facts, expected) => {
    expect(rightsConcern([facts])(watched)).toBe(expected);
  });
});
