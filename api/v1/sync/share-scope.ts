// What a reading of the change log is narrowed to, as cursors carry it.
import { scopeTag } from '../../../domain/cursor/cursor.ts';

/** Null over all shares one may read: such a cursor may be narrowed to a share later, never the other way round. */
export function shareScope(shareId: string | undefined): string | null {
  return shareId === undefined ? null : scopeTag(`share:${shareId}`);
}
