// Cursors: what we made we read, whatever else is refused, and each refusal for its own reason.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCursors, scopeTag } from '../../domain/cursor/cursor.ts';
import { judgeCursor } from '../../domain/cursor/judge-cursor.ts';

const cursors = createCursors(new TextEncoder().encode('a secret of tests, long enough'));
const tag = scopeTag('share:shr_1');

describe('when a cursor is read', () => {
  it('then it is what was made, for any place', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/), fc.nat(Number.MAX_SAFE_INTEGER), fc.option(fc.constant(tag)), (epoch, seq, scope) => {
        expect(cursors.read('demo', cursors.make('demo', { epoch, seq, scopeTag: scope }))).toEqual({ epoch, seq, scopeTag: scope });
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('then up to where its walk took the log as it was is in it, as long as it stands below', () => {
    const place = { epoch: 'e', seq: 9, scopeTag: tag, acceptedFloor: 70 };
    expect(cursors.read('demo', cursors.make('demo', place))).toEqual(place);
    expect(cursors.make('demo', { ...place, seq: 70 })).toBe(cursors.make('demo', { epoch: 'e', seq: 70, scopeTag: tag }));
  });

  it('then the same place gives the same text, so that a poller at the head sees it unchanged', () => {
    const place = { epoch: 'e', seq: 9, scopeTag: null };
    expect(cursors.make('demo', place)).toBe(cursors.make('demo', place));
  });

  it('then another tenant, another secret, or any changed character makes it unreadable', () => {
    const text = cursors.make('demo', { epoch: 'e1', seq: 123, scopeTag: tag });
    expect(cursors.read('other', text)).toBeNull();
    expect(createCursors(new TextEncoder().encode('another secret')).read('demo', text)).toBeNull();
    for (let index = 0; index < text.length; index += 1) {
      const changed = text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);
      // The last character may hold bits that mean nothing; what is read must then be the same place.
      expect([null, 123]).toContain(cursors.read('demo', changed)?.seq ?? null);
    }
  });

  it('then rubbish of any kind is not one of ours', () => {
    for (const text of ['', '0', 'abc', '!!!', 'x'.repeat(5_000), 'MS5lMS4x', 'é', '1.e1.5..mac']) expect(cursors.read('demo', text)).toBeNull();
  });
});

describe('when a cursor is judged', () => {
  const reading = { epoch: 'e', head: 100, floor: 10, scopeTag: tag, cursorAt: (seq: number, acceptedFloor = 0) => `at ${String(seq)}, holes up to ${String(acceptedFloor)}` };
  const place = { epoch: 'e', seq: 50, scopeTag: tag };

  it.each([
    ['at the head', { ...place, seq: 100 }, null],
    ['at the floor', { ...place, seq: 10 }, null],
    ['not narrowed, used narrowed', { ...place, scopeTag: null }, null],
    ['unreadable', null, 'CURSOR_INVALID'],
    ['ahead of the head', { ...place, seq: 101 }, 'CURSOR_INVALID'],
    ['of another share', { ...place, scopeTag: scopeTag('share:shr_2') }, 'CURSOR_MISMATCH'],
    ['below the floor', { ...place, seq: 9 }, 'CURSOR_EXPIRED'],
    ['below a floor that its walk began with', { ...place, seq: 9, acceptedFloor: 10 }, null],
    ['below a floor that has risen since its walk began', { ...place, seq: 8, acceptedFloor: 9 }, 'CURSOR_EXPIRED'],
    ['of another epoch, whose floor its walk began with', { ...place, epoch: 'before', seq: 9, acceptedFloor: 10 }, 'CURSOR_EXPIRED'],
    ['of another epoch', { ...place, epoch: 'before' }, 'CURSOR_EXPIRED'],
    ['of another epoch, and ahead', { ...place, epoch: 'before', seq: 5_000 }, 'CURSOR_EXPIRED'],
  ])('then one %s gives %s', (_name, given, code) => {
    expect(judgeCursor(given, reading)?.code ?? null).toBe(code);
  });

  it('then one of a share used over all shares is a mismatch: it would skip the others', () => {
    expect(judgeCursor(place, { ...reading, scopeTag: null })?.code).toBe('CURSOR_MISMATCH');
  });

  it('then an expired one is told both ends of what can be read', () => {
    expect(judgeCursor({ ...place, seq: 3 }, reading)?.details).toEqual({ oldest: 'at 0, holes up to 10', head: 'at 100, holes up to 0' });
  });
});
