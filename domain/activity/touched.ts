// What an entry stamps: whose activity it is, and under which keys.
import type { EntryFacts } from '../journal/entry.ts';
import { bareActivityKey } from '../vocabulary/activity-keys.ts';

/** Whose activity somebody polls: a profile's (`p:{id}`) or a user's own (`u:{id}`). Ids of the two may be the same. */
export type Subject = `p:${string}` | `u:${string}`;

export type ActivityFacts = Pick<EntryFacts, 'activity' | 'visibility' | 'user_id' | 'target_user_id' | 'org_id' | 'workspace_id' | 'share_id'>;

export interface Touched {
  readonly subject: Subject;
  readonly keys: readonly string[];
}

/** Every profile the entry names and the user it concerns; an upload is also news for whoever uploads. */
export function touchedBy(entry: ActivityFacts): readonly Touched[] {
  if (entry.visibility === 'internal' || entry.activity.length === 0) return nothing;
  const keys = withBareKeys(entry.activity);
  const profiles = [entry.org_id, entry.workspace_id, entry.share_id].filter((id) => id !== null);
  const touched: Touched[] = [...new Set(profiles)].map((id) => ({ subject: profileSubject(id), keys }));
  if (entry.target_user_id !== null) touched.push({ subject: userSubject(entry.target_user_id), keys });
  const uploads = entry.activity.filter((key) => key.startsWith('upload:'));
  if (entry.user_id !== null && entry.user_id !== entry.target_user_id && uploads.length > 0)
    touched.push({ subject: userSubject(entry.user_id), keys: withBareKeys(uploads) });
  return touched;
}

export function profileSubject(id: string): Subject {
  return `p:${id}`;
}

export function userSubject(id: string): Subject {
  return `u:${id}`;
}

const nothing: readonly Touched[] = [];

function withBareKeys(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.flatMap((key) => [key, bareActivityKey(key)]))];
}
