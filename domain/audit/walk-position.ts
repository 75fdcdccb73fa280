// Where a walk through search results goes on, as its cursors carry it beside their place in the log.
import type { Micros } from '../shared/instant.ts';

export interface WalkPosition {
  readonly order: 'asc' | 'desc';
  /** The last entry shown. */
  readonly eventTime: Micros;
  readonly seq: number;
  /** The walk is about what came after it. */
  readonly afterSeq: number;
  /** What was pruned when the walk began: when more is gone, the walk has a hole it must tell of. */
  readonly floor: number;
}

export function writePosition({ order, eventTime, seq, afterSeq, floor }: WalkPosition): string {
  return [order === 'asc' ? 'a' : 'd', ...[eventTime, seq, afterSeq, floor].map((value) => value.toString(36))].join('_');
}

/** The cursor's signature says that it is ours; null when it belongs to another kind of reading. */
export function readPosition(text: string): WalkPosition | null {
  const [order, ...rest] = text.split('_');
  const [eventTime, seq, afterSeq, floor] = rest.map((part) => Number.parseInt(part, 36));
  if ((order !== 'a' && order !== 'd') || rest.length !== 4) return null;
  if (eventTime === undefined || seq === undefined || afterSeq === undefined || floor === undefined) return null;
  return { order: order === 'a' ? 'asc' : 'desc', eventTime, seq, afterSeq, floor };
}
