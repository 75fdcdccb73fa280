// A Schedule in a form in which what is wished and what Temporal has can be compared.
import type { CalendarSpec, CalendarSpecDescription, ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';
import { parseCron } from '../../domain/job/cron.ts';
import type { CronTimes, ValueRange } from '../../domain/job/cron.ts';
import { scheduleId, scheduledWorkflowId } from '../../domain/job/workflow-ids.ts';
import type { JobSchedule } from '../../domain/job/workflow-ids.ts';
import { canonicalJson } from '../../domain/shared/json.ts';
import type { JsonValue } from '../../domain/shared/json.ts';

/** Null when the row's expression is none. */
export function wishedSchedule(row: JobSchedule, { workflowType, taskQueue }: JobCarrier): ScheduleOptions | null {
  const times = parseCron(row.cron);
  if (times === null) return null;
  return {
    scheduleId: scheduleId(row),
    spec: { calendars: times.map(calendarOf), timezone: 'UTC' },
    action: { type: 'startWorkflow', workflowType, taskQueue, workflowId: scheduledWorkflowId(row), args: [inputOf(row)] },
    // After an outage one late run does the work of all that were missed.
    policies: { overlap: 'SKIP', catchupWindow: catchupWindowMs, pauseOnFailure: false },
    state: { paused: row.paused, note: 'Follows its row in job_schedule; what is changed here is put back.' },
  };
}

/** Without a subject where there is none: as the schedules of older releases have it. */
function inputOf({ tenantId, subject }: JobSchedule): JobInput {
  return { tenantId, jobId: null, ...(subject === '' ? {} : { subject }) };
}

const catchupWindowMs = 3_600_000;

export function isAsWished(description: ScheduleDescription, wished: ScheduleOptions): boolean {
  const { spec, action, policies, state } = description;
  const isOurs = spec.intervals?.length === 0 && spec.skip?.length === 0 && state.remainingActions === undefined;
  const has = { calendars: spec.calendars?.map(sharedPart) ?? [], timezone: spec.timezone, action: actionPart(action), policies, paused: state.paused };
  const wish = {
    calendars: wished.spec.calendars ?? [],
    timezone: wished.spec.timezone,
    action: actionPart(wished.action),
    policies: wished.policies,
    paused: wished.state?.paused,
  };
  return isOurs && text(has) === text(wish);
}

function calendarOf({ minute, hour, dayOfMonth, month, dayOfWeek }: CronTimes): CalendarSpec {
  return {
    second: [{ start: 0, end: 0, step: 1 }],
    minute: [...minute],
    hour: [...hour],
    dayOfMonth: [...dayOfMonth],
    month: month.map((range) => named(range, (value) => months[value - 1])),
    dayOfWeek: dayOfWeek.map((range) => named(range, (value) => weekdays[value])),
  };
}

function sharedPart({ second, minute, hour, dayOfMonth, month, dayOfWeek }: CalendarSpecDescription): object {
  return { second, minute, hour, dayOfMonth, month, dayOfWeek };
}

function actionPart({ workflowType, workflowId, taskQueue, args }: ScheduleOptions['action'] | ScheduleDescription['action']): object {
  return { workflowType, workflowId, taskQueue, args };
}

function named<Name>({ start, end, step }: ValueRange, nameOf: (value: number) => Name | undefined): { start: Name; end: Name; step: number } {
  const [first, last] = [nameOf(start), nameOf(end)];
  if (first === undefined || last === undefined) throw new Error(`a calendar has no ${String(start)} to ${String(end)}`);
  return { start: first, end: last, step };
}

/** Through JSON, which leaves out what is undefined as Temporal does. */
function text(value: object): string {
  return canonicalJson(JSON.parse(JSON.stringify(value)) as JsonValue);
}

const months = ['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const;
const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;
