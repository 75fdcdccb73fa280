// Whether an entry is hidden by a quarantine, as a condition: what ordinary reads leave out.

/**
 * Over `entry` under the alias e; true or false. The set is read once for a statement, and for nearly all tenants it is empty.
 * As a value of its own: a set that is read from its row would be unpacked anew for every entry.
 */
export const notHiddenSql = `(e.seq <@ (SELECT range_agg(q.seqs) FROM quarantine_part q
    WHERE q.tenant_id = current_setting('holdfast.tenant') AND q.shown_at IS NULL)) IS NOT TRUE`;

/** How often hidden entries were shown again: who had read everything before has not read those. */
export const quarantineEndsSql = `coalesce((SELECT n.ends FROM quarantine_end n WHERE n.tenant_id = current_setting('holdfast.tenant')), 0)`;
