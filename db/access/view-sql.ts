// Whether an entry is still in a view that the tenant's settings bound, as a condition: what that view leaves out.
import { viewPartSeqs } from '../../domain/access/view.ts';
import type { View } from '../../domain/access/view.ts';

/** Over `entry` under the alias e; true or false. Whether anything has left the view is asked once for a statement, and of nearly all tenants nothing has. */
export function stillInViewSql(view: View): string {
  const ofView = `v.tenant_id = current_setting('holdfast.tenant') AND v.view = '${view}'`;
  return `((SELECT NOT EXISTS (SELECT FROM log_view v WHERE ${ofView})) OR NOT EXISTS (
    SELECT FROM log_view v WHERE ${ofView} AND v.part = ((e.seq - 1) / ${String(viewPartSeqs)})::int
      AND e.seq <= v.through_seq AND e.event_time <= v.cutoff AND NOT e.seq <@ v.kept))`;
}
