// Whose rights an entry may have changed, so that nobody else's are looked up again.
import type { LiveEntry } from '../../db/journal/read-live.ts';
import { touchesRights } from '../../domain/own-action/own-entry-facts.ts';

export interface RightsEffect {
  /** Null means everybody in the tenant. */
  readonly userIds: ReadonlySet<string> | null;
  /** Whether these may be let in at all is to be asked again, not only what they see. */
  readonly admission: boolean;
}

/** Null when no entry is about rights. */
export function rightsEffectOf(entries: readonly LiveEntry[]): RightsEffect | null {
  const userIds = new Set<string>();
  let everybody = false;
  let admission = false;
  for (const entry of entries) {
    if (!touchesRights(entry)) continue;
    const effect = effectOf(entry);
    admission ||= effect.admission;
    if (effect.userId === null) everybody = true;
    else userIds.add(effect.userId);
  }
  if (!everybody && userIds.size === 0) return null;
  return { userIds: everybody ? null : userIds, admission };
}

function effectOf(entry: LiveEntry): { readonly userId: string | null; readonly admission: boolean } {
  switch (entry.own_action) {
    case 'create_user':
    case 'update_user':
    case 'delete_user':
      return { userId: entry.resource_id, admission: true };
    case 'add_member':
    case 'update_member':
    case 'remove_member':
      return { userId: entry.details?.['member_type'] === 'user' ? entry.target_user_id : null, admission: false };
    case 'create_group':
    case 'update_group':
    case 'delete_group':
    case 'create_profile':
    case 'update_profile':
    case 'delete_profile':
      return { userId: null, admission: false };
    case 'revoke_session':
    case 'revoke_all_sessions':
    case 'close_device':
      return { userId: entry.target_user_id, admission: true };
    default:
      return { userId: null, admission: true };
  }
}
