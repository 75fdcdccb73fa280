// Stamps as they are written and read: `2025-01-20 10:30:45.123456 UTC`, always with six digits.
import { parseInstant } from '../shared/instant.ts';
import type { Micros } from '../shared/instant.ts';

export function formatStamp(micros: Micros): string {
  const wholeMs = Math.floor(micros / 1_000_000) * 1000;
  const whole = new Date(wholeMs).toISOString().slice(0, 19).replace('T', ' ');
  return `${whole}.${String(micros - wholeMs * 1000).padStart(6, '0')} UTC`;
}

/** With or without the zone and the fraction; ISO 8601 with a zone as well. Null when it is no instant. */
export function parseStamp(text: string): Micros | null {
  const plain = plainStamp.exec(text);
  return parseInstant(plain === null ? text : `${String(plain[1])}T${String(plain[2])}Z`);
}

const plainStamp = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)(?: UTC)?$/;
