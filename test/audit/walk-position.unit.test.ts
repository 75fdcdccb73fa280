// Where a walk goes on, as its cursor carries it: read back as it was written, and refused where anything was changed.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditSelection, isTextAlone, leadingText, scopeOf, timeBounds } from '../../domain/audit/audit-selection.ts';
import type { AuditFilterInput } from '../../domain/audit/audit-selection.ts';
import { readPosition, writePosition } from '../../domain/audit/walk-position.ts';
import { createCursors } from '../../domain/cursor/cursor.ts';
import { filterInput } from '../../domain/filter/filter.schema.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';

const cursors = createCursors(new TextEncoder().encode('a secret for tests'));
const selected = (input: Record<string, unknown>, held?: boolean) => {
  const asked: AuditFilterInput = { ...filterInput.parse(input), held };
  const selection = auditSelection(asked);
  if (isRefusal(selection)) throw new Error(selection.message);
  return selection;
};

describe('when a walk is put into a cursor', () => {
  const whole = fc.record({
    order: fc.constantFrom('asc' as const, 'desc' as const),
    eventTime: fc.integer({ min: -2_208_988_800_000_000, max: 4_102_444_800_000_000 }),
    seq: fc.oneof(fc.integer({ min: -1 }), fc.constant(Number.MAX_SAFE_INTEGER)),
    afterSeq: fc.nat(),
    floor: fc.nat(),
  });

  it('then it comes back as it was, within the length of a cursor', () => {
    fc.assert(
      fc.property(whole, (position) => {
        const text = cursors.make('a-tenant', { epoch: '01M7ZBFX81', seq: Number.MAX_SAFE_INTEGER, scopeTag: 'AbCdEfGhIjk', position: writePosition(position) });
        expect(text.length).toBeLessThanOrEqual(256);
        const place = cursors.read('a-tenant', text);
        expect(place).toMatchObject({ seq: Number.MAX_SAFE_INTEGER, scopeTag: 'AbCdEfGhIjk' });
        expect(readPosition(place?.position ?? '')).toEqual(position);
        expect(cursors.read('another', text)).toBeNull();
      }),
    );
  });

  it('then a cursor without a position stays the text it always was', () => {
    const place = { epoch: 'e1', seq: 7, scopeTag: null };
    expect(cursors.make('t', place)).toBe(cursors.make('t', { ...place, position: null }));
    expect(cursors.read('t', cursors.make('t', place))).toEqual(place);
  });

  it.each(['', 'x_1_2_3_4', 'd_1_2_3', 'd_1_2_3_4_5'])('then "%s" is no position of a walk', (text) => {
    expect(readPosition(text)).toBeNull();
  });
});

describe('when a selection is looked at', () => {
  it('then the whole log has no scope, and equal wishes have the same', () => {
    expect(scopeOf(selected({}))).toBeNull();
    expect(scopeOf(selected({ user_id: 'a,b' }))).toBe(scopeOf(selected({ user_id: ['b', 'a'] })));
    expect(scopeOf(selected({}, true))).not.toBe(scopeOf(selected({}, false)));
    expect(scopeOf(selected({ user_id: 'a' }))).not.toBe(scopeOf(selected({ user_id: 'b' })));
  });

  it('then the text that leads is the one looked for, or the one value of a field without an index', () => {
    expect(leadingText(selected({ q: 'Needle', session_id: 'a-long-session-id' }).filter)).toBe('needle');
    expect(leadingText(selected({ session_id: 'Ses_1', event_type: 'x.y' }).filter)).toBe('ses_1');
    expect(leadingText(selected({ session_id: 'a,b' }).filter)).toBeNull();
    expect(leadingText(selected({ session_id: 'ab' }).filter)).toBeNull();
    expect(leadingText(selected({ user_id: 'usr_1' }).filter)).toBeNull();
    expect([selected({ q: 'needle' }), selected({ session_id: 'ses_1' }), selected({ q: 'needle', user_id: 'a' }), selected({})].map(({ filter }) => isTextAlone(filter))).toEqual([true, false, false, false]);
  });

  it('then its times bound the months that are looked into', () => {
    expect(timeBounds(selected({}).filter)).toEqual({ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
    expect(timeBounds(selected({ from: '1970-01-01T00:00:01Z', to: '1970-01-01T00:00:02Z' }).filter)).toEqual({ from: 1_000_000, to: 2_000_000 });
  });
});
