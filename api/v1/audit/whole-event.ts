// One entry as its own page shows it: the audit object, everything else that is kept of it, its session, its holds.
import { z } from 'zod';
import type { WholeEvent } from '../../../db/audit/read-event.ts';
import { auditEvent } from '../../../domain/audit/audit-event.schema.ts';
import { parseCategory, parseSeverity } from '../../../domain/vocabulary/v1-words.ts';
import type { Outcome } from '../../../domain/vocabulary/v1-words.ts';
import { formatInstant } from '../../../domain/shared/instant.ts';
import { proofReply } from '../evidence/proof-reply.ts';

const optionalText = z.string().nullable();

export const wholeEvent = z
  .strictObject({
    ...auditEvent.shape,
    seq: z.int(),
    recorded_at: z.string(),
    event: z.string(),
    current_category: z.string(),
    sub_category: z.string(),
    visibility: z.string(),
    permission: z.string(),
    notification: z.string(),
    activity: z.array(z.string()),
    user_name: optionalText,
    target_user_id: optionalText,
    org_id: optionalText,
    workspace_id: optionalText,
    path: optionalText,
    change: z
      .strictObject({ change_type: z.string(), old_path: optionalText, new_path: optionalText, version_id: optionalText, metadata: z.looseObject({}).nullable() })
      .nullable(),
    parent_event_id: optionalText,
    session_id: optionalText,
    request_id: optionalText,
    decision: optionalText,
    provider: optionalText,
    model: optionalText,
    own_action: optionalText,
    /** The originating session, as far as it is known. */
    session: z
      .strictObject({
        id: z.string(),
        user_id: optionalText,
        idp: optionalText,
        device_kind: optionalText,
        ip_address: optionalText,
        user_agent: optionalText,
        last_activity_at: optionalText,
        expires_at: optionalText,
        revoked_at: optionalText,
      })
      .nullable(),
    holds: z.array(z.strictObject({ id: z.string(), name: z.string(), matter_id: optionalText })),
    /** With `?proof=1`; null while no checkpoint reaches the entry. */
    proof: proofReply.nullable().optional(),
  })
  .meta({ id: 'WholeAuditEvent' });
export type ShownEvent = z.output<typeof wholeEvent>;

export function showEvent(tenantId: string, { entry, holds, session }: WholeEvent): ShownEvent {
  const { change_type: changeType, old_path: oldPath, new_path: newPath, version_id: versionId, change_metadata: metadata } = entry;
  return {
    id: `aud_${entry.id}`,
    tenant_id: tenantId,
    event_type: entry.event_type,
    category: parseCategory(entry.category) ?? 'admin',
    severity: parseSeverity(entry.severity) ?? 'info',
    user_id: entry.user_id,
    user_email: entry.user_email,
    service_account: entry.service_account,
    resource_type: entry.resource_type,
    resource_id: entry.resource_id,
    resource_name: entry.resource_name,
    share_id: entry.share_id,
    action: entry.action,
    outcome: entry.outcome as Outcome,
    ip_address: entry.ip_address,
    user_agent: entry.user_agent,
    details: { ...entry.details },
    event_time: entry.event_time,
    seq: entry.seq,
    recorded_at: formatInstant(entry.recordedAt),
    event: entry.event,
    current_category: entry.current_category,
    sub_category: entry.sub_category,
    visibility: entry.visibility,
    permission: entry.permission,
    notification: entry.notification,
    activity: [...entry.activity],
    user_name: entry.user_name,
    target_user_id: entry.target_user_id,
    org_id: entry.org_id,
    workspace_id: entry.workspace_id,
    path: entry.path,
    change: changeType === null ? null : { change_type: changeType, old_path: oldPath, new_path: newPath, version_id: versionId, metadata: metadata === null ? null : { ...metadata } },
    parent_event_id: entry.parent_event_id === null ? null : `aud_${entry.parent_event_id}`,
    session_id: entry.session_id,
    request_id: entry.request_id,
    decision: entry.decision,
    provider: entry.provider,
    model: entry.model,
    own_action: entry.own_action,
    session: session === null ? null : { ...session },
    holds: holds.map(({ id, name, matter_id: matterId }) => ({ id, name, matter_id: matterId })),
  };
}
