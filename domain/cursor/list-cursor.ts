// The place in a list that is read page by page: after the last id shown. Not signed, since it grants nothing and names only what was shown.
import { producerId } from '../shared/ids.ts';
import { refuse } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';

export interface ListPlace {
  /** Empty at the beginning: it is smaller than every id. */
  readonly afterId: string;
}

export function listCursor(lastId: string): string {
  return btoa(lastId).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function readListCursor(cursor: string | undefined): ListPlace | Refusal {
  if (cursor === undefined) return { afterId: '' };
  const id = decode(cursor);
  // Only the one spelling we write is ours.
  if (id === null || !producerId.safeParse(id).success || listCursor(id) !== cursor)
    return refuse('CURSOR_INVALID', { message: 'The cursor is not one of ours.' });
  return { afterId: id };
}

function decode(cursor: string): string | null {
  try {
    return atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return null;
  }
}
