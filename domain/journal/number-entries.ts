// Numbering: gives prepared entries their places after a head, each linked to the one before.
import type { Micros } from '../shared/instant.ts';
import type { Sha256 } from '../shared/sha256.ts';
import { leafHash, linkHash } from './chain.ts';

export interface LogHead {
  readonly lastSeq: number;
  readonly lastLink: Uint8Array;
  readonly lastRecordedAt: Micros;
}

export interface Place {
  readonly seq: number;
  readonly recordedAt: Micros;
  readonly leaf: Uint8Array;
  readonly link: Uint8Array;
}

export interface NumberInput {
  readonly sha256: Sha256;
  readonly tenantId: string;
  readonly head: LogHead;
  readonly now: Micros;
  readonly contents: readonly Uint8Array[];
}

/** Recorded times strictly increase within a log, whatever the clock does. */
export function numberEntries({ sha256, tenantId, head, now, contents }: NumberInput): { places: Place[]; head: LogHead } {
  const places: Place[] = [];
  let { lastSeq, lastLink, lastRecordedAt } = head;
  for (const content of contents) {
    lastSeq += 1;
    lastRecordedAt = Math.max(now, lastRecordedAt + 1);
    const leaf = leafHash({ sha256, recordedAt: lastRecordedAt, content });
    lastLink = linkHash({ sha256, tenantId, seq: lastSeq, previous: lastLink, leaf });
    places.push({ seq: lastSeq, recordedAt: lastRecordedAt, leaf, link: lastLink });
  }
  return { places, head: { lastSeq, lastLink, lastRecordedAt } };
}
