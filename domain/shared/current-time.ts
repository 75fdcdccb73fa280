// Times as the /current dialect writes and reads them: `2025-01-20 10:30:45`, always in UTC.
import { parseInstant } from './instant.ts';
import type { Micros } from './instant.ts';

/** Takes ISO 8601 as well; what names no zone is UTC. Null for anything else. */
export function parseCurrentTime(text: string): Micros | null {
  const bare = bareTime.exec(text);
  return parseInstant(bare === null ? text : `${String(bare[1])}T${String(bare[2])}Z`);
}

/** To the second: what lies below it is cut off. */
export function formatCurrentTime(micros: Micros): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19).replace('T', ' ');
}

const bareTime = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)$/;
