// The floor of an audit search by an indexed filter: the bare statement over the whole log, with the same JSON of each event.
import { auditJsonSql } from '../../db/audit/audit-json.ts';
import { serveBare } from './rls-express.ts';

serveBare({
  text: `SELECT ${auditJsonSql} AS json FROM entry e
    WHERE e.tenant_id = $1 AND e.seq <= $2 AND e.user_id = $3 AND e.outcome = $4
    ORDER BY e.event_time DESC, e.seq DESC LIMIT 101`,
  values: ['demo', Number.MAX_SAFE_INTEGER, 'usr_7', 'success'],
});
