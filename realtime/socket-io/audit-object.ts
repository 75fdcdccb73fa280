// An entry as the v1 audit API lists it: eighteen keys, no others.
import type { LiveEntry } from '../../db/journal/read-live.ts';

export function auditObject(entry: LiveEntry): Readonly<Record<string, unknown>> {
  return {
    id: `aud_${entry.id}`,
    tenant_id: entry.tenant_id,
    event_type: entry.event_type,
    category: entry.category,
    severity: entry.severity,
    user_id: entry.user_id,
    user_email: entry.user_email,
    service_account: entry.service_account,
    resource_type: entry.resource_type,
    resource_id: entry.resource_id,
    resource_name: entry.resource_name,
    share_id: entry.share_id,
    action: entry.action,
    outcome: entry.outcome,
    ip_address: entry.ip_address,
    user_agent: entry.user_agent,
    details: entry.details ?? {},
    event_time: entry.event_time,
  };
}
