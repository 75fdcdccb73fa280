// Whether an entry of the log is shown to somebody: the one rule for search, details, acks, unread counts, polls and live doors.
import type { EntryFacts } from '../journal/entry.ts';
import type { ProfileType } from './profile-chain.ts';

/** What of an entry decides about its audience. */
export type AudienceFacts = Pick<EntryFacts, 'visibility' | 'permission' | 'user_id' | 'target_user_id' | 'org_id' | 'workspace_id' | 'share_id'>;

/** Profiles by their type: an id that an entry calls a share is compared with shares alone. */
export type ProfileSets = Readonly<Record<ProfileType, ReadonlySet<string>>>;

/** Somebody who reads, as far as it decides what they are shown: read anew for each question. */
export interface Viewer {
  readonly userId: string;
  /** Suspended, deactivated or closed: nothing is shown, not even one's own. */
  readonly isSentAway: boolean;
  /** An administrator of the tenant, by scope: what administrators of any profile see. */
  readonly administersAll: boolean;
  /** Profiles seen by membership; those administered are among them. Neither reaches beyond `within`. */
  readonly seen: ProfileSets;
  readonly administered: ProfileSets;
  /** What a limited token reaches, with everything below it; null for a token without limits. */
  readonly within: ProfileSets | null;
}

export interface Viewing {
  readonly viewer: Viewer;
  /** The audit view: administrators of a profile are shown its audit entries that are meant for somebody else alone. */
  readonly isAuditView: boolean;
}

export function maySeeEntry(entry: AudienceFacts, { viewer, isAuditView }: Viewing): boolean {
  if (viewer.isSentAway || entry.visibility === 'internal') return false;
  if (viewer.within !== null && !isIn(entry, viewer.within)) return false;
  if (isAbout(entry, viewer.userId)) return true;
  switch (entry.permission) {
    case 'member':
      return viewer.administersAll || isIn(entry, viewer.seen);
    case 'admin':
      return isAdministered(entry, viewer);
    case 'targeted':
      return isAuditView && entry.visibility === 'external_audit_log' && isAdministered(entry, viewer);
    default:
      return false;
  }
}

export const noProfiles: ProfileSets = { org: new Set(), workspace: new Set(), share: new Set() };

/** Whoever acted, and whoever it concerns, is shown it whatever its permission. */
function isAbout(entry: AudienceFacts, userId: string): boolean {
  return entry.user_id === userId || entry.target_user_id === userId;
}

function isAdministered(entry: AudienceFacts, viewer: Viewer): boolean {
  return viewer.administersAll || isIn(entry, viewer.administered);
}

/** An entry is in the narrowest profile it names: that it names what lies above shows it to nobody up there whose role does not go down. */
function isIn({ org_id: org, workspace_id: workspace, share_id: share }: AudienceFacts, profiles: ProfileSets): boolean {
  if (share !== null) return profiles.share.has(share);
  if (workspace !== null) return profiles.workspace.has(workspace);
  return org !== null && profiles.org.has(org);
}
