// What a resource is called where its entry does not say: by the end of its path.
import type { LiveEntry } from '../../db/journal/read-live.ts';

/** Null where neither name nor path is known. */
export function shownName({ resource_name: name, change_type: change, new_path: newPath, path, old_path: oldPath }: LiveEntry): string | null {
  // Where it was says what it is called only when it is nowhere else now.
  return name ?? lastSegment(newPath ?? path ?? (change === 'deleted' ? oldPath : null));
}

function lastSegment(path: string | null): string | null {
  return path?.split('/').findLast((segment) => segment !== '') ?? null;
}
