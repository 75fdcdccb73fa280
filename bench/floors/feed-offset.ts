// The floor of a deep page of the feed: the bare deferred join with the same condition of who may see what.
import { serveBare } from './rls-express.ts';

serveBare({
  text: `SELECT e.id, e.event, e.current_category, e.resource_id, e.event_time
    FROM (
      SELECT e.seq, e.recorded_at, e.event_time FROM entry e
      WHERE e.tenant_id = $1 AND e.workspace_id = $2 AND e.visibility <> 'internal'
        AND (e.user_id = $3 OR e.target_user_id = $3 OR e.permission IN ('member', 'admin'))
      ORDER BY e.event_time DESC, e.seq DESC LIMIT 100 OFFSET 100000
    ) AS found JOIN entry e ON e.tenant_id = $1 AND e.seq = found.seq AND e.recorded_at = found.recorded_at
    ORDER BY found.event_time DESC, found.seq DESC`,
  values: ['demo', 'ws_0', 'usr_bench'],
});
