// The audit object as JSON text, written by the database, so that no process parses what it only passes on.

/** Reads from `entry` under the alias e. */
export const auditJsonSql = `row_to_json((SELECT audit_event FROM (SELECT
    'aud_' || e.id AS id, e.tenant_id, e.event_type, e.category, e.severity, e.user_id, e.user_email, e.service_account, e.resource_type, e.resource_id,
    e.resource_name, e.share_id, e.action, e.outcome, e.ip_address, e.user_agent, coalesce(e.details, '{}') AS details,
    iso_utc(e.event_time) AS event_time) AS audit_event))::text`;
