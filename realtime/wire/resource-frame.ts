// A change row in the words of UIs: what kind of frame it is, and the whole resource in it.
import type { LiveEntry } from '../../db/journal/read-live.ts';
import { shownName } from './shown-name.ts';

export interface ResourceFrame {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Null for an entry that is no change row. */
export function resourceFrameOf(entry: LiveEntry): ResourceFrame | null {
  const { change_type: change, resource_type: resource, resource_id: id } = entry;
  if (change === null || (resource !== 'file' && resource !== 'folder' && resource !== 'share')) return null;
  const idKey = `${resource}_id`;
  if (change === 'deleted') return { type: `${resource}_deleted`, data: { [idKey]: id } };
  return { type: `${resource}_${change === 'created' ? 'created' : 'updated'}`, data: wholeResource(entry, { [idKey]: id }) };
}

function wholeResource(entry: LiveEntry, id: Readonly<Record<string, string | null>>): Record<string, unknown> {
  const path = entry.new_path ?? entry.path;
  const fixed = {
    ...id,
    share_id: entry.share_id,
    name: shownName(entry),
    path,
    version_id: entry.version_id,
    change_type: entry.change_type,
    old_path: entry.old_path,
    changed_by: entry.user_id ?? entry.service_account,
    changed_at: entry.event_time,
  };
  // What a producer calls metadata adds to these keys and never takes their place.
  return { ...fixed, ...entry.earlier, ...entry.change_metadata, ...fixed };
}
