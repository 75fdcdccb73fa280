// The audit object: an entry as the v1 dialect lists it, with exactly these keys.
import { z } from 'zod';
import { outcome, v1Category, v1Severity } from '../vocabulary/v1-words.ts';

export const auditEvent = z
  .strictObject({
    id: z.string(),
    tenant_id: z.string(),
    event_type: z.string(),
    category: v1Category,
    severity: v1Severity,
    user_id: z.string().nullable(),
    user_email: z.string().nullable(),
    service_account: z.string().nullable(),
    resource_type: z.string().nullable(),
    resource_id: z.string().nullable(),
    resource_name: z.string().nullable(),
    share_id: z.string().nullable(),
    action: z.string(),
    outcome,
    ip_address: z.string().nullable(),
    user_agent: z.string().nullable(),
    details: z.looseObject({}),
    event_time: z.string(),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.output<typeof auditEvent>;
