// Cron expressions: what they mean, minute by minute, against a plain reading of each field; and what is none.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCron } from '../../domain/job/cron.ts';
import type { CronTimes, ValueRange } from '../../domain/job/cron.ts';
import { testSeed } from '../harness/seed.ts';

const seed = testSeed();

function has(ranges: readonly ValueRange[], value: number): boolean {
  return ranges.some(({ start, end, step }) => value >= start && value <= end && (value - start) % step === 0);
}

function isDue(times: readonly CronTimes[], at: Date): boolean {
  return times.some(
    ({ minute, hour, dayOfMonth, month, dayOfWeek }) =>
      has(minute, at.getUTCMinutes()) && has(hour, at.getUTCHours()) && has(dayOfMonth, at.getUTCDate()) && has(month, at.getUTCMonth() + 1) && has(dayOfWeek, at.getUTCDay()),
  );
}

function dueAt(cron: string, instant: string): boolean {
  const times = parseCron(cron);
  if (times === null) throw new Error(`${cron} is no cron expression`);
  return isDue(times, new Date(instant));
}

describe('when an expression is read', () => {
  it.each<[string, string, boolean]>([
    ['* * * * *', '2026-04-23T10:15:00Z', true],
    ['15 10 * * *', '2026-04-23T10:15:00Z', true],
    ['15 10 * * *', '2026-04-23T11:15:00Z', false],
    ['*/20 * * * *', '2026-04-23T10:40:00Z', true],
    ['*/20 * * * *', '2026-04-23T10:41:00Z', false],
    ['5/20 * * * *', '2026-04-23T10:45:00Z', true],
    ['0 8-18/2 * * *', '2026-04-23T18:00:00Z', true],
    ['0 8-18/2 * * *', '2026-04-23T17:00:00Z', false],
    ['0,30 * * * *', '2026-04-23T10:30:00Z', true],
    ['0 0 * * mon-fri', '2026-04-23T00:00:00Z', true],
    ['0 0 * * sat', '2026-04-23T00:00:00Z', false],
    ['0 0 * * 7', '2026-04-26T00:00:00Z', true],
    ['0 0 * * 5-7', '2026-04-26T00:00:00Z', true],
    ['0 0 * * 5-7', '2026-04-27T00:00:00Z', false],
    ['0 0 1 JAN *', '2026-01-01T00:00:00Z', true],
    ['0 0 1 1 *', '2026-02-01T00:00:00Z', false],
    // Both days narrowed: either is enough.
    ['0 0 13 * 5', '2026-04-24T00:00:00Z', true],
    ['0 0 13 * 5', '2026-04-13T00:00:00Z', true],
    ['0 0 13 * 5', '2026-04-14T00:00:00Z', false],
  ])('then %s at %s is due: %s', (cron, instant, due) => {
    expect(dueAt(cron, instant)).toBe(due);
  });

  it.each(['', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * 32 * *', '* * * 13 *', '* * * * 8', '5-3 * * * *', '*/0 * * * *', 'a * * * *', '*-5 * * * *', '1,,2 * * * *', '-1 * * * *', '* * * monday *'])(
    'then "%s" is none',
    (cron) => {
      expect(parseCron(cron)).toBeNull();
    },
  );

  it(`then lists, ranges and steps mean what they say (seed ${String(seed)})`, () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 1, max: 59 })).map(([a, b, step]) => ({ start: Math.min(a, b), end: Math.max(a, b), step }));
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 4 }), (ranges) => {
        const cron = `${ranges.map(({ start, end, step }) => `${String(start)}-${String(end)}/${String(step)}`).join(',')} * * * *`;
        const wanted = new Set(ranges.flatMap(({ start, end, step }) => Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, place) => start + place * step)));
        for (let minute = 0; minute < 60; minute += 1) expect(dueAt(cron, new Date(Date.UTC(2026, 3, 23, 10, minute)).toISOString())).toBe(wanted.has(minute));
      }),
      { seed, numRuns: 100 },
    );
  });
});
