// How lists of things that are named by id are asked for and shown: page by page, each with the cursor of the next.
import { z } from 'zod';
import { readListCursor } from '../../domain/cursor/list-cursor.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import type { Page, PageAsked } from '../../db/list-page.ts';
import { queryInteger } from './query-values.ts';

export const listQuery = z.strictObject({
  limit: queryInteger({ min: 1, max: 1_000 }).default(100),
  cursor: z.string().min(1).max(128).optional(),
});
export type ListQuery = z.output<typeof listQuery>;

export const pageFields = { cursor: z.string().nullable(), has_more: z.boolean() };

export function pageAsked({ limit, cursor }: ListQuery): PageAsked | Refusal {
  const place = readListCursor(cursor);
  return isRefusal(place) ? place : { afterId: place.afterId, limit };
}

/** An empty page leaves the reader where they were. */
export function pageShown({ cursor, hasMore }: Page<unknown>, query: ListQuery): { cursor: string | null; has_more: boolean } {
  return { cursor: cursor ?? query.cursor ?? null, has_more: hasMore };
}
