// Stamps of one subject's fields: which are newer than a place, and how many an answer shows.
import type { Micros } from '../shared/instant.ts';

export interface Stamp {
  /** Of the newest entry that touched the field. */
  readonly seq: number;
  /** When that entry was recorded: strictly increasing over a log, the same wherever it is read. */
  readonly at: Micros;
}

export type Stamps = ReadonlyMap<string, Stamp>;

/** A stamp is newer when it is beyond both. */
export interface Since {
  readonly seq: number;
  readonly at: Micros;
}

export const sinceEver: Since = { seq: -1, at: Number.NEGATIVE_INFINITY };

/** Of all fields, the newest so many with an id and the newest so many without: an answer has an end. */
export const fieldsOfEachKind = 1_000;

export function isNewer({ seq, at }: Stamp, since: Since): boolean {
  return seq > since.seq && at > since.at;
}

export function newerThan(stamps: Stamps, since: Since): Stamps {
  return new Map([...stamps].filter(([, stamp]) => isNewer(stamp, since)));
}

/** The newest first. */
export function shownStamps(stamps: Stamps): readonly (readonly [field: string, stamp: Stamp])[] {
  const newestFirst = [...stamps].sort(([, a], [, b]) => b.seq - a.seq);
  const shown = { bare: 0, withId: 0 };
  return newestFirst.filter(([field]) => {
    const kind = field.includes(':') ? 'withId' : 'bare';
    shown[kind] += 1;
    return shown[kind] <= fieldsOfEachKind;
  });
}
