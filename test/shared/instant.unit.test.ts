// Instants with microseconds: read strictly, written in one form.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatInstant, monthOf, parseInstant } from '../../domain/shared/instant.ts';

describe('when an instant is read', () => {
  it.each([
    ['2026-04-23T10:15:02Z', '2026-04-23T10:15:02Z'],
    ['2026-04-23T10:15:02.5Z', '2026-04-23T10:15:02.5Z'],
    ['2026-04-23T10:15:02.123456789Z', '2026-04-23T10:15:02.123456Z'],
    ['2026-04-23T12:15:02+02:00', '2026-04-23T10:15:02Z'],
    ['2026-04-23T12:15+0200', '2026-04-23T10:15:00Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
  ])('then %s is %s', (text, written) => {
    const micros = parseInstant(text);
    expect(micros === null ? null : formatInstant(micros)).toBe(written);
  });

  it.each(['2026-02-30T10:00:00Z', '2026-13-01T00:00:00Z', '2026-04-23', '2026-04-23T10:15:02', 'now', '', '1800-01-01T00:00:00Z', '2026-04-23T25:00:00Z'])(
    'then %p is none',
    (text) => {
      expect(parseInstant(text)).toBeNull();
    },
  );

  it('then writing and reading give back every microsecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000_000_000_000_000, max: 4_000_000_000_000_000 }), (micros) => {
        expect(parseInstant(formatInstant(micros))).toBe(micros);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('then its month is the one of UTC', () => {
    expect(monthOf(parseInstant('2026-12-31T23:59:59.999999Z') ?? 0)).toBe('2026-12-01');
    expect(monthOf(parseInstant('2027-01-01T00:30:00+01:00') ?? 0)).toBe('2026-12-01');
  });
});
