// Instants with microseconds: the log's times as integers, and their one text form.

/** Microseconds since 1970-01-01T00:00:00Z; a safe integer for every year this system will see. */
export type Micros = number;

const isoInstant = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(Z|z|[+-]\d{2}:?\d{2})$/;
const earliestMs = Date.UTC(1900, 0, 1);
const latestMs = Date.UTC(9999, 11, 31);

/** Reads an ISO 8601 instant with a zone; null when it is none. Digits below a microsecond are cut off. */
export function parseInstant(text: string): Micros | null {
  const match = isoInstant.exec(text);
  if (match === null) return null;
  const [, date, time, fraction = '', zone] = match;
  const wholeMs = Date.parse(`${String(date)}T${String(time)}${normalZone(String(zone))}`);
  if (Number.isNaN(wholeMs) || wholeMs < earliestMs || wholeMs > latestMs || !dateExists(String(date))) return null;
  return wholeMs * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** `2026-04-23T10:15:02Z`, with as many digits of the fraction as are not zero. */
export function formatInstant(micros: Micros): string {
  const wholeMs = Math.floor(micros / 1_000_000) * 1000;
  const rest = micros - wholeMs * 1000;
  const whole = new Date(wholeMs).toISOString().slice(0, 19);
  if (rest === 0) return `${whole}Z`;
  return `${whole}.${String(rest).padStart(6, '0').replace(/0+$/, '')}Z`;
}

/** The first day of the month an instant lies in, as `YYYY-MM-01`. */
export function monthOf(micros: Micros): string {
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, 7)}-01`;
}

function normalZone(zone: string): string {
  if (zone === 'z') return 'Z';
  return zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
}

/** `Date.parse` accepts 31 February and moves it to March; a compliance log must not. */
function dateExists(date: string): boolean {
  if (Number(date.slice(8)) <= 28) return true;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().slice(0, 10) === date;
}
