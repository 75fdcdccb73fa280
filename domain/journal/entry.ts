// What an entry is: the immutable facts of one thing that happened, and what the log adds when it takes the entry in.
import type { JsonObject } from '../shared/json.ts';
import type { Micros } from '../shared/instant.ts';

export type ChangeType = 'created' | 'updated' | 'deleted' | 'moved' | 'renamed';

/** The facts of an entry. Names are those of the v1 audit object, of the columns and of the hashed text alike. */
export interface EntryFacts {
  readonly id: string;
  readonly event_time: string;
  readonly event_type: string;
  readonly event: string;
  readonly category: string;
  readonly severity: string;
  readonly action: string;
  readonly outcome: string;
  readonly current_category: string;
  readonly sub_category: string;
  readonly visibility: string;
  readonly permission: string;
  readonly notification: string;
  readonly activity: readonly string[];
  readonly user_id: string | null;
  readonly user_email: string | null;
  readonly user_name: string | null;
  readonly service_account: string | null;
  readonly target_user_id: string | null;
  readonly org_id: string | null;
  readonly workspace_id: string | null;
  readonly share_id: string | null;
  readonly resource_type: string | null;
  readonly resource_id: string | null;
  readonly resource_name: string | null;
  readonly path: string | null;
  readonly change_type: ChangeType | null;
  readonly old_path: string | null;
  readonly new_path: string | null;
  readonly version_id: string | null;
  readonly change_metadata: JsonObject | null;
  readonly parent_event_id: string | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly session_id: string | null;
  readonly request_id: string | null;
  readonly decision: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  /** Set only by Holdfast itself, on entries of its own actions; never accepted from outside. */
  readonly own_action: string | null;
  readonly details: JsonObject | null;
}

/** An entry with its place in the log and the hashes that hold it there. */
export interface StoredEntry extends EntryFacts {
  readonly seq: number;
  readonly recordedAt: Micros;
  readonly salt: Uint8Array;
  readonly leaf: Uint8Array;
  readonly link: Uint8Array;
}

export const factNames = [
  'action', 'activity', 'category', 'change_metadata', 'change_type', 'current_category', 'decision', 'details', 'event', 'event_time', 'event_type', 'id',
  'ip_address', 'model', 'new_path', 'notification', 'old_path', 'org_id', 'outcome', 'own_action', 'parent_event_id', 'path', 'permission', 'provider',
  'request_id', 'resource_id', 'resource_name', 'resource_type', 'service_account', 'session_id', 'severity', 'share_id', 'sub_category', 'target_user_id',
  'user_agent', 'user_email', 'user_id', 'user_name', 'version_id', 'visibility', 'workspace_id',
] as const satisfies readonly (keyof EntryFacts)[];

type Unlisted = Exclude<keyof EntryFacts, (typeof factNames)[number]>;
/** Does not compile when a fact is missing in the list: it would not be hashed. */
export const everyFactIsListed: [Unlisted] extends [never] ? true : Unlisted = true;
