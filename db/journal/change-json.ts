// A change row as the JSON text every door of the v1 dialect shows; written by the database, so that no process parses it.

/** Reads from `entry` under the alias e. */
export const changeJsonSql = `row_to_json((SELECT change FROM (SELECT
    'chg_' || e.id AS id, e.tenant_id, e.share_id, e.resource_type, e.resource_id, e.change_type,
    coalesce(e.user_id, e.service_account) AS changed_by, iso_utc(e.event_time) AS changed_at, e.change_metadata AS metadata,
    e.old_path, coalesce(e.new_path, e.path) AS new_path, e.version_id) AS change))::text`;

/** No partition of a month before the one that holds the seq after $2 is looked into. Parameters: $1 tenant, $2 seq. */
export const monthsAfterSeqSql = `e.recorded_at >= (
    SELECT coalesce(max(m.month), DATE '-infinity')::timestamp AT TIME ZONE 'UTC' FROM log_month m WHERE m.tenant_id = $1 AND m.first_seq <= $2::bigint + 1)`;
