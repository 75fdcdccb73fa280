// An entry of Holdfast's own action: what was done through our doors, by whom, written as any other entry.
import type { Principal } from '../access/principal.ts';
import { formatInstant } from '../shared/instant.ts';
import type { JsonObject } from '../shared/json.ts';
import type { Visibility } from '../vocabulary/current-words.ts';
import { resolveNames } from '../vocabulary/resolve-names.ts';
import type { ChangeType, EntryFacts } from './entry.ts';

export interface OwnAction {
  readonly id: string;
  readonly nowMs: number;
  /** Names the action to our own readers (`directory.user.put`); its presence tells the tail that rights may have changed. */
  readonly ownAction: string;
  readonly eventType: string;
  readonly event?: string;
  /** Who did it; null when Holdfast acts by itself. */
  readonly actor: Pick<Principal, 'userId' | 'email' | 'name' | 'serviceAccount' | 'sessionId'> | null;
  readonly requestId: string | null;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName?: string | null;
  readonly targetUserId?: string | null;
  readonly orgId?: string | null;
  readonly workspaceId?: string | null;
  readonly shareId?: string | null;
  readonly change?: { readonly type: ChangeType; readonly oldPath?: string | null; readonly newPath?: string | null; readonly metadata?: JsonObject | null };
  readonly visibility?: Visibility;
  readonly details?: JsonObject | null;
}

export function ownEntry(own: OwnAction): EntryFacts {
  const place = { share_id: own.shareId ?? null, workspace_id: own.workspaceId ?? null, org_id: own.orgId ?? null };
  const names = resolveNames({
    event_type: own.eventType,
    event: own.event ?? null,
    visibility: own.visibility ?? null,
    outcome: 'success',
    resource_type: own.resourceType,
    resource_id: own.resourceId,
    target_user_id: own.targetUserId ?? null,
    user_id: own.actor?.userId ?? null,
    change_type: own.change?.type ?? null,
    details: own.details ?? null,
    ...place,
  });
  return {
    id: own.id,
    event_time: formatInstant(own.nowMs * 1000),
    ...names,
    category: names.category ?? 'admin',
    outcome: 'success',
    ...place,
    user_id: own.actor?.userId ?? null,
    user_email: own.actor?.email ?? null,
    user_name: own.actor?.name ?? null,
    service_account: own.actor?.serviceAccount ?? null,
    target_user_id: own.targetUserId ?? null,
    resource_type: own.resourceType,
    resource_id: own.resourceId,
    resource_name: own.resourceName ?? null,
    path: null,
    change_type: own.change?.type ?? null,
    old_path: own.change?.oldPath ?? null,
    new_path: own.change?.newPath ?? null,
    version_id: null,
    change_metadata: own.change?.metadata ?? null,
    parent_event_id: null,
    ip_address: null,
    user_agent: null,
    session_id: own.actor?.sessionId ?? null,
    request_id: own.requestId,
    decision: null,
    provider: null,
    model: null,
    own_action: own.ownAction,
    details: own.details ?? null,
  };
}
