// Which time of a schedule was missed, against a reference that walks every minute.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCron } from '../../domain/job/cron.ts';
import type { CronTimes, ValueRange } from '../../domain/job/cron.ts';
import { lastFire } from '../../domain/job/last-fire.ts';
import { missedFire } from '../../domain/job/missed-fire.ts';
import type { ScheduleRow } from '../../domain/job/missed-fire.ts';
import { testSeed } from '../harness/seed.ts';

const row: ScheduleRow = { tenantId: 't', kind: 'retention_due', subject: 'P', cron: '20 2 * * *', paused: false, since: '2026-11-01T00:00:00Z', lastScheduledFor: null };
const at = (text: string): number => Date.parse(text);

describe('a time of a schedule', () => {
  it.each<[string, Partial<ScheduleRow>, string, string | null]>([
    ['when it passed and nobody came, then it was missed', {}, '2026-11-20T09:00:00Z', '2026-11-20T02:20:00Z'],
    ['when it is just due, then it may still come by itself', { lastScheduledFor: '2026-11-19T02:20:00Z' }, '2026-11-20T02:21:59Z', null],
    ['when it has been due for two minutes, then it was missed', { lastScheduledFor: '2026-11-19T02:20:00Z' }, '2026-11-20T02:22:00Z', '2026-11-20T02:20:00Z'],
    ['when there is a job for it, then it was not missed', { lastScheduledFor: '2026-11-20T02:20:00Z' }, '2026-11-20T09:00:00Z', null],
    ['when many were missed, then the newest is named', { lastScheduledFor: '2026-11-04T02:20:00Z' }, '2026-11-20T01:00:00Z', '2026-11-19T02:20:00Z'],
    ['when the schedule is younger, then it was not missed', { since: '2026-11-20T02:20:00Z' }, '2026-11-20T09:00:00Z', null],
    ['when it is paused, then nothing was missed', { paused: true }, '2026-11-20T09:00:00Z', null],
    ['when the expression cannot be read, then nothing was missed', { cron: 'at night' }, '2026-11-20T09:00:00Z', null],
    ['when its day never comes, then nothing was missed', { cron: '0 0 30 2 *', since: '2000-01-01T00:00:00Z' }, '2026-11-20T09:00:00Z', null],
    ['when its day was months ago, then that was missed', { cron: '59 23 29 2 *', since: '2023-01-01T00:00:00Z' }, '2024-11-20T09:00:00Z', '2024-02-29T23:59:00Z'],
  ])('%s', (_name, more, now, expected) => {
    expect(missedFire({ ...row, ...more }, at(now))).toBe(expected);
  });

  const seed = testSeed();
  it(`when expressions are random (seed ${String(seed)}), then the newest is the one found by walking back every minute`, () => {
    const field = (min: number, max: number) =>
      fc.oneof(fc.constant('*'), fc.integer({ min, max }).map(String), fc.tuple(fc.integer({ min, max }), fc.integer({ min: 1, max: 9 })).map(([from, step]) => `${String(from)}/${String(step)}`));
    const drawn = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)).map((fields) => fields.join(' '));
    const start = at('2026-10-31T22:07:00Z');
    fc.assert(
      fc.property(drawn, fc.integer({ min: 0, max: 6_000 }), fc.integer({ min: 0, max: 3_000 }), (expression, minutes, span) => {
        const times = parseCron(expression);
        if (times === null) throw new Error(expression);
        const throughMs = start + minutes * 60_000 + 17_000;
        const afterMs = throughMs - span * 60_000;
        expect(lastFire(times, { afterMs, throughMs })).toBe(walked(times, { afterMs, throughMs }));
      }),
      { seed, numRuns: 300 },
    );
  });
});

function walked(times: readonly CronTimes[], { afterMs, throughMs }: { afterMs: number; throughMs: number }): number | null {
  const has = (ranges: readonly ValueRange[], value: number): boolean => ranges.some(({ start, end, step }) => Array.from({ length: 60 }, (_, index) => start + index * step).some((one) => one === value && one <= end));
  for (let minute = Math.floor(throughMs / 60_000) * 60_000; minute > afterMs; minute -= 60_000) {
    const date = new Date(minute);
    const fires = times.some((one) => has(one.minute, date.getUTCMinutes()) && has(one.hour, date.getUTCHours()) && has(one.dayOfMonth, date.getUTCDate()) && has(one.month, date.getUTCMonth() + 1) && has(one.dayOfWeek, date.getUTCDay()));
    if (fires) return minute;
  }
  return null;
}
