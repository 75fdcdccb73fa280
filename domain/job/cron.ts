// Cron expressions of five fields, in UTC, as lists of allowed values.

export interface ValueRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export interface CronTimes {
  readonly minute: readonly ValueRange[];
  readonly hour: readonly ValueRange[];
  readonly dayOfMonth: readonly ValueRange[];
  readonly month: readonly ValueRange[];
  /** 0 is Sunday. */
  readonly dayOfWeek: readonly ValueRange[];
}

/**
 * Null when it is none. Where both the day of the month and the day of the week are narrowed, cron means either, which one
 * list of allowed values cannot say: then there are two.
 */
export function parseCron(text: string): readonly CronTimes[] | null {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) return null;
  const parsed = fields.map((field, index) => parseField(parts[index] ?? '', field));
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parsed;
  if (minute == null || hour == null || dayOfMonth == null || month == null || dayOfWeek == null) return null;
  const times = { minute, hour, dayOfMonth, month, dayOfWeek };
  const narrowed = (part: string | undefined): boolean => part?.startsWith('*') !== true;
  if (!narrowed(parts[2]) || !narrowed(parts[4])) return [times];
  return [
    { ...times, dayOfWeek: [{ start: 0, end: 6, step: 1 }] },
    { ...times, dayOfMonth: [{ start: 1, end: 31, step: 1 }] },
  ];
}

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** 7 is another word for Sunday. */
  readonly wraps?: boolean;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: weekdays, wraps: true },
];

function parseField(text: string, field: Field): readonly ValueRange[] | null {
  const ranges = text.split(',').map((part) => parseRange(part, field));
  return ranges.every((range) => range !== null) ? ranges.flat() : null;
}

function parseRange(text: string, field: Field): readonly ValueRange[] | null {
  const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d{1,2}))?$/i.exec(text);
  if (match === null) return null;
  const [, first = '', last, stepText] = match;
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step < 1 || (first === '*' && last !== undefined)) return null;
  const start = first === '*' ? field.min : parseValue(first, field);
  const end = first === '*' ? field.max : last === undefined ? (stepText === undefined ? start : field.max) : parseValue(last, field);
  if (start === null || end === null || end < start) return null;
  if (field.wraps !== true || end <= field.max) return [{ start, end, step }];
  return sundayFirst({ start, end, step });
}

function parseValue(text: string, { min, max, names = [], wraps = false }: Field): number | null {
  const named = names.indexOf(text.toLowerCase());
  if (named !== -1) return named + min;
  if (!/^\d{1,2}$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= (wraps ? max + 1 : max) ? value : null;
}

function sundayFirst({ start, end, step }: ValueRange): ValueRange[] {
  const days = [];
  for (let day = start; day <= end; day += step) days.push(day % 7);
  return days.map((day) => ({ start: day, end: day, step: 1 }));
}
