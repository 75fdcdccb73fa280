// The newest time a cron expression names within a span.
import type { CronTimes, ValueRange } from './cron.ts';

/** In milliseconds since 1970; null when there is none after the one and through the other. */
export function lastFire(expression: readonly CronTimes[], { afterMs, throughMs }: { readonly afterMs: number; readonly throughMs: number }): number | null {
  const today = Math.floor(throughMs / dayMs) * dayMs;
  const oldest = Math.max(afterMs, throughMs - farthestDays * dayMs);
  for (let day = today; day + dayMs > oldest; day -= dayMs) {
    const fires = expression.filter((times) => isOn(times, day)).flatMap((times) => lastOfDay(times, { day, throughMs }) ?? []);
    if (fires.length > 0) {
      const newest = Math.max(...fires);
      return newest > afterMs ? newest : null;
    }
  }
  return null;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** An expression may name a day that never comes. */
const farthestDays = 400;

function isOn({ dayOfMonth, month, dayOfWeek }: CronTimes, day: number): boolean {
  const date = new Date(day);
  return has(dayOfMonth, date.getUTCDate()) && has(month, date.getUTCMonth() + 1) && has(dayOfWeek, date.getUTCDay());
}

function lastOfDay({ hour, minute }: CronTimes, { day, throughMs }: { day: number; throughMs: number }): number | null {
  const minutes = downwards(59).filter((value) => has(minute, value));
  for (const value of downwards(23)) {
    const hourStart = day + value * hourMs;
    if (hourStart > throughMs || !has(hour, value)) continue;
    const last = minutes.find((one) => hourStart + one * minuteMs <= throughMs);
    if (last !== undefined) return hourStart + last * minuteMs;
  }
  return null;
}

function has(ranges: readonly ValueRange[], value: number): boolean {
  return ranges.some(({ start, end, step }) => value >= start && value <= end && (value - start) % step === 0);
}

function downwards(from: number): number[] {
  return Array.from({ length: from + 1 }, (_, index) => from - index);
}
