// An entry of Holdfast's own action: what was done through our doors, by whom, written as any other entry.
import type { Principal, RequestOrigin } from '../access/principal.ts';
import { outcomeCodeKey } from '../own-action/own-entry-facts.ts';
import { ownActions } from '../own-action/own-actions.ts';
import type { OwnActionName } from '../own-action/own-actions.ts';
import { internalRequestId } from '../own-action/request-id.ts';
import { formatInstant } from '../shared/instant.ts';
import type { JsonObject } from '../shared/json.ts';
import type { Permission, Visibility } from '../vocabulary/current-words.ts';
import { resolveNames } from '../vocabulary/resolve-names.ts';
import type { ResolvedNames } from '../vocabulary/resolve-names.ts';
import type { ChangeType, EntryFacts } from './entry.ts';

export interface OwnAction {
  readonly id: string;
  readonly nowMs: number;
  /** Null for what Holdfast notes without anybody having acted through its doors (a reported sign-in). */
  readonly ownAction: OwnActionName | null;
  /** The action's own v1 name unless a more precise one is given. */
  readonly eventType?: string;
  readonly event?: string;
  /** Who did it; null when Holdfast acts by itself. */
  readonly actor: Pick<Principal, 'userId' | 'email' | 'name' | 'serviceAccount' | 'sessionId' | 'origin'> | null;
  readonly requestId: string | null;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly resourceName?: string | null;
  readonly targetUserId?: string | null;
  readonly orgId?: string | null;
  readonly workspaceId?: string | null;
  readonly shareId?: string | null;
  readonly change?: { readonly type: ChangeType; readonly oldPath?: string | null; readonly newPath?: string | null; readonly metadata?: JsonObject | null };
  readonly visibility?: Visibility;
  readonly details?: JsonObject | null;
  /** Success unless given. What did not succeed changed nothing, and is news for nobody's screen. */
  readonly outcome?: OwnOutcome;
}

export interface OwnOutcome {
  readonly outcome: 'failure' | 'denied';
  /** As the internal log calls it (`LEGAL_HOLD_CREATE_ERROR`). */
  readonly code: string;
}

export function ownEntry(own: OwnAction): EntryFacts {
  const words = own.ownAction === null ? null : ownActions[own.ownAction];
  const eventType = own.eventType ?? words?.eventType;
  if (eventType === undefined) throw new Error('an entry without an own action needs its event type');
  const outcome = own.outcome?.outcome ?? 'success';
  const details = detailsOf(own);
  const place = { share_id: own.shareId ?? null, workspace_id: own.workspaceId ?? null, org_id: own.orgId ?? null };
  const names = resolveNames({
    event_type: eventType,
    event: own.event ?? null,
    visibility: own.visibility ?? null,
    outcome,
    resource_type: own.resourceType,
    resource_id: own.resourceId,
    target_user_id: own.targetUserId ?? null,
    user_id: own.actor?.userId ?? null,
    change_type: own.change?.type ?? null,
    details,
    ...place,
  });
  const isNews = outcome === 'success' && words?.kind !== 'read';
  return {
    id: own.id,
    event_time: formatInstant(own.nowMs * 1000),
    ...names,
    ...(words?.audience === 'admins' ? closed(names) : {}),
    activity: isNews ? names.activity : [],
    category: names.category ?? 'admin',
    severity: outcome === 'denied' && names.severity === 'info' ? 'warning' : names.severity,
    outcome,
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
    ip_address: own.actor?.origin?.ipAddress ?? null,
    user_agent: own.actor?.origin?.userAgent ?? null,
    session_id: own.actor?.sessionId ?? null,
    request_id: own.requestId === null || own.ownAction === null ? own.requestId : internalRequestId(own.requestId),
    decision: null,
    provider: null,
    model: null,
    own_action: own.ownAction,
    details,
  };
}

function detailsOf({ details, actor, outcome }: OwnAction): JsonObject | null {
  const origin = actor?.origin;
  if (details == null && origin === undefined && outcome === undefined) return null;
  return {
    ...details,
    ...(outcome === undefined ? {} : { [outcomeCodeKey]: outcome.code }),
    ...(origin === undefined ? {} : { request: requestOf(origin) }),
  };
}

function requestOf({ method, path, role, authMs, actionMs }: RequestOrigin): JsonObject {
  return { method, path, role, auth_ms: authMs, ...(actionMs === undefined ? {} : { action_ms: actionMs }) };
}

/** What is done in the administration is for administrators, whatever its names say; `targeted` and `internal` are closer already. */
function closed({ visibility, permission }: ResolvedNames): { readonly visibility: Visibility; readonly permission: Permission } {
  return {
    visibility: visibility === 'external' ? 'external_audit_log' : visibility,
    permission: permission === 'member' ? 'admin' : permission,
  };
}
