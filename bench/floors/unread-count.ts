// The floor of the unread count: a bare count of what came after the place that is read, with the condition of who may see what.
import { serveBare } from './rls-express.ts';

/** Known beforehand: no older month has to be looked into. */
const recordedFrom = new Date(Date.now() - 62 * 24 * 60 * 60 * 1000);

serveBare({
  text: `SELECT count(*) FROM entry e
    WHERE e.tenant_id = $1 AND e.recorded_at >= $3 AND e.seq > (SELECT last_seq - 10000 FROM tenant_log WHERE tenant_id = $1) AND e.visibility <> 'internal'
      AND (e.user_id = $2 OR e.target_user_id = $2 OR e.permission IN ('member', 'admin'))`,
  values: ['demo', 'usr_bench', recordedFrom],
});
