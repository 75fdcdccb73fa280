// What of an entry the feed is given, with the names that the directory knows today.
import { acknowledgedSql } from '../ack/acknowledged-sql.ts';

const facts = [
  'id', 'event', 'current_category', 'sub_category', 'visibility', 'permission', 'notification', 'outcome', 'user_id', 'user_name', 'user_email', 'service_account',
  'target_user_id', 'org_id', 'workspace_id', 'share_id', 'resource_type', 'resource_id', 'resource_name', 'path', 'old_path', 'new_path', 'ip_address', 'details', 'own_action',
];

/** Over `entry` under the alias e. The parameters are the tenant and the reader. */
export function feedColumnsSql({ tenant, user }: { tenant: string; user: string }): string {
  const nameOf = (table: string, column: string) => `(SELECT n.name FROM ${table} n WHERE n.tenant_id = ${tenant} AND n.id = e.${column})`;
  return `${facts.map((name) => `e.${name}`).join(', ')},
    (extract(epoch FROM e.event_time) * 1000000)::bigint AS event_micros,
    ${acknowledgedSql({ tenant, user })} AS acknowledged,
    ${nameOf('dir_user', 'user_id')} AS known_user_name, ${nameOf('dir_user', 'target_user_id')} AS known_target_name,
    ${nameOf('profile', 'org_id')} AS known_org_name, ${nameOf('profile', 'workspace_id')} AS known_workspace_name, ${nameOf('profile', 'share_id')} AS known_share_name`;
}
