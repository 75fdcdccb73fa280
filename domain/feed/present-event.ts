// An event of the feed as it is shown: which fields at which level of detail.
import { formatCurrentTime } from '../shared/current-time.ts';
import type { JsonValue } from '../shared/json.ts';
import { describeAttempt } from '../vocabulary/describe-current.ts';
import { templateParams } from '../vocabulary/template-params.ts';
import { outcomes } from '../vocabulary/v1-words.ts';
import type { FeedRow } from './feed-row.ts';

export const detailLevels = ['terse', 'standard', 'full'] as const;
export type DetailLevel = (typeof detailLevels)[number];

export type PresentedEvent = Readonly<Record<string, JsonValue>>;

/** Terse and standard show every field of the level, null where one does not apply; full leaves out what does not, and adds what else the entry tells. */
export function presentEvent(row: FeedRow, level: DetailLevel): PresentedEvent {
  if (level === 'terse') return terse(row);
  const outcome = outcomes.find((known) => known === row.outcome) ?? 'success';
  const described = describeAttempt({ event: row.event, outcome });
  const standard = {
    ...terse(row),
    sub_category: row.sub_category,
    calling_user: row.user_id,
    org_id: row.org_id,
    workspace_id: row.workspace_id,
    user_id: row.target_user_id,
    share_id: row.share_id,
    acknowledged: row.acknowledged,
    template: { description: described.description, params: paramsOf(row) },
    severity: described.severity,
    visibility: row.visibility,
    notification: row.notification,
  };
  if (level === 'standard') return standard;
  const { event_id, created, acknowledged, event, category, sub_category, object_id, calling_user, org_id, workspace_id, share_id, user_id, ...hints } = standard;
  const fields = {
    event_id, created, acknowledged, event, category, sub_category, object_id, calling_user,
    calling_user_name: callingUserName(row),
    org_id, workspace_id, share_id, user_id,
    ...hints,
    required_params: described.required_params,
    requires_parent_node: described.requires_parent_node,
    permission: row.permission,
  };
  const applying = Object.entries(fields).filter(([, value]) => value !== null);
  // Built from pairs: an extra called __proto__ is a field like any other.
  return Object.fromEntries([...applying, ...extrasOf(row, fields)]);
}

export function callingUserName(row: FeedRow): string | null {
  return row.user_name ?? row.known_user_name;
}

function terse(row: FeedRow) {
  return {
    event_id: `evt_${row.id}`,
    event: row.event,
    category: row.current_category,
    object_id: row.resource_id,
    created: formatCurrentTime(Number(row.event_micros)),
  };
}

/**
 * A field that does not apply is not for the extras to fill either: what stands under its name must always mean the field. How a call to our own doors
 * came in is for the internal log alone.
 */
function extrasOf({ details, own_action: ownAction }: FeedRow, fields: object): [string, JsonValue][] {
  return Object.entries(details ?? {}).filter(([name]) => !Object.hasOwn(fields, name) && (ownAction === null || name !== 'request'));
}

function paramsOf(row: FeedRow): Record<string, string> {
  return templateParams({
    event: row.event,
    outcome: row.outcome,
    user_id: row.user_id,
    user_name: callingUserName(row),
    user_email: row.user_email,
    service_account: row.service_account,
    target_user_id: row.target_user_id,
    target_user_name: row.known_target_name,
    org_id: row.org_id,
    org_name: row.known_org_name,
    workspace_id: row.workspace_id,
    workspace_name: row.known_workspace_name,
    share_id: row.share_id,
    share_name: row.known_share_name,
    resource_type: row.resource_type,
    resource_id: row.resource_id,
    resource_name: row.resource_name,
    path: row.path,
    change: { old_path: row.old_path, new_path: row.new_path },
    ip_address: row.ip_address,
    details: row.details,
  });
}
