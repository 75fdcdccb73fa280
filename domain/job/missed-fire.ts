// Whether a time of a schedule passed without a job: Temporal was away for longer than it catches up, or lost its store.
import { formatInstant, parseInstant } from '../shared/instant.ts';
import { parseCron } from './cron.ts';
import { lastFire } from './last-fire.ts';
import type { JobSchedule } from './workflow-ids.ts';

export interface ScheduleRow extends JobSchedule {
  /** Instants as ISO 8601: when its expression or its pause last changed, and the newest time for which there is a job. */
  readonly since: string;
  readonly lastScheduledFor: string | null;
}

/** The newest time that was missed, as ISO 8601; null when none was. Of several missed ones only the newest is made up for. */
export function missedFire({ cron, paused, since, lastScheduledFor }: ScheduleRow, nowMs: number): string | null {
  const times = parseCron(cron);
  if (paused || times === null) return null;
  const afterMs = Math.max(millis(since), lastScheduledFor === null ? 0 : millis(lastScheduledFor));
  const fireMs = lastFire(times, { afterMs, throughMs: nowMs - graceMs });
  return fireMs === null ? null : formatInstant(fireMs * 1000);
}

/** For what is due and just has not got as far as its row. Too short would do no harm: both go by the same time, and the first makes the row. */
const graceMs = 120_000;

function millis(instant: string): number {
  const micros = parseInstant(instant);
  if (micros === null) throw new Error(`not an instant: ${instant}`);
  return Math.floor(micros / 1000);
}
