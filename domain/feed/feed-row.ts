// An entry as the feed is given it: its facts, the names that the directory knows today, and whether the reader has acknowledged it.
import type { EntryFacts } from '../journal/entry.ts';

export interface FeedRow
  extends Pick<
    EntryFacts,
    | 'id'
    | 'event'
    | 'current_category'
    | 'sub_category'
    | 'visibility'
    | 'permission'
    | 'notification'
    | 'outcome'
    | 'user_id'
    | 'user_name'
    | 'user_email'
    | 'service_account'
    | 'target_user_id'
    | 'org_id'
    | 'workspace_id'
    | 'share_id'
    | 'resource_type'
    | 'resource_id'
    | 'resource_name'
    | 'path'
    | 'old_path'
    | 'new_path'
    | 'ip_address'
    | 'details'
    | 'own_action'
  > {
  /** Microseconds since 1970, as text. */
  readonly event_micros: string;
  readonly acknowledged: boolean;
  readonly known_user_name: string | null;
  readonly known_target_name: string | null;
  readonly known_org_name: string | null;
  readonly known_workspace_name: string | null;
  readonly known_share_name: string | null;
}
