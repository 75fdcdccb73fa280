// One page of a list that is read by id: asked for one row more than shown, so that it is known whether there are more.
import { listCursor } from '../domain/cursor/list-cursor.ts';

export interface PageAsked {
  /** Empty at the beginning. */
  readonly afterId: string;
  readonly limit: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; null on an empty page. */
  readonly cursor: string | null;
  readonly hasMore: boolean;
}

export const emptyPage: Page<never> = { rows: [], cursor: null, hasMore: false };

/** `hasMore` says so when a page was cut for another reason than its length. */
export function pageOf<Row extends { readonly id: string }>(
  found: readonly Row[],
  { limit, hasMore = found.length > limit }: { limit: number; hasMore?: boolean },
): Page<Row> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, cursor: last === undefined ? null : listCursor(last.id), hasMore };
}
