// The keys of the audit object in the order in which it shows them.
export const auditEventFields = [
  'id', 'tenant_id', 'event_type', 'category', 'severity', 'user_id', 'user_email', 'service_account', 'resource_type', 'resource_id', 'resource_name', 'share_id',
  'action', 'outcome', 'ip_address', 'user_agent', 'details', 'event_time',
] as const;
