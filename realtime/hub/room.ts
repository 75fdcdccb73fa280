// What can be listened to: which entries belong to it, who may join, and who is shown which of them.
import type { LiveEntry, LiveSelection } from '../../db/journal/read-live.ts';
import { maySeeEntry } from '../../domain/access/audience.ts';
import type { Viewer } from '../../domain/access/audience.ts';
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import { scopeTag } from '../../domain/cursor/cursor.ts';
import { isLive } from '../../domain/own-action/own-entry-facts.ts';

export interface Room {
  /** Under which name its listeners are found when an entry comes; see `roomKeysOf`. */
  readonly key: string;
  readonly selection: LiveSelection;
  /** What a narrowed cursor must have been narrowed to; null where only one that was not is right. */
  readonly scopeTag: string | null;
  /** Looks at today's rights; whether there is such a thing is asked apart, by `profile`. */
  mayJoin(viewer: Viewer): boolean;
  /** The profile that must exist; null for what always does. */
  readonly profile: { readonly type: ProfileType; readonly id: string } | null;
  /** Of the entries found under the key: whether this one is shown to this reader. */
  shows(entry: LiveEntry, viewer: Viewer): boolean;
}

export const everyEntry = '*';

/** The keys of the rooms that an entry may belong to. */
export function roomKeysOf({ share_id: share, workspace_id: workspace, org_id: org, target_user_id: target, user_id: actor }: LiveEntry): string[] {
  const keys = [everyEntry];
  if (share !== null) keys.push(`share:${share}`);
  if (workspace !== null) keys.push(`workspace:${workspace}`);
  if (org !== null) keys.push(`org:${org}`);
  if (target !== null) keys.push(`user:${target}`);
  if (actor !== null && actor !== target) keys.push(`user:${actor}`);
  return keys;
}

/** Whether the viewer sees the profile at all. */
export function seesProfile(viewer: Viewer, { type, id }: { readonly type: ProfileType; readonly id: string }): boolean {
  if (viewer.isSentAway || (viewer.within !== null && !viewer.within[type].has(id))) return false;
  return viewer.administersAll || viewer.seen[type].has(id);
}

/** Change rows go by the membership of their share alone, everything else by the words of the entry. */
export function isShownInFeed(entry: LiveEntry, viewer: Viewer): boolean {
  if (!isLive(entry)) return false;
  if (entry.change_type !== null && entry.share_id !== null) return seesProfile(viewer, { type: 'share', id: entry.share_id });
  return maySeeEntry(entry, { viewer, isAuditView: false });
}

export function profileRoom({ type, id }: { readonly type: ProfileType; readonly id: string }): Room {
  return {
    key: `${type}:${id}`,
    selection: { kind: 'profile', type, id },
    profile: { type, id },
    scopeTag: type === 'share' ? scopeTag(`share:${id}`) : null,
    mayJoin: (viewer) => seesProfile(viewer, { type, id }),
    // Whoever is in the room of a share sees the share: for most entries there is nothing left to ask.
    shows: (entry, viewer) =>
      type === 'share' && (entry.change_type !== null || (entry.permission === 'member' && entry.visibility !== 'internal'))
        ? isLive(entry)
        : isShownInFeed(entry, viewer),
  };
}
