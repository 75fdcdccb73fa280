// The floor of free text: the bare keys of the text over the whole log, the index asked for its rare word at once, and the rows they name under row security, with the same JSON of each event.
import { auditJsonSql } from '../../db/audit/audit-json.ts';
import { serveBare } from './rls-express.ts';

serveBare({
  text: `SELECT ${auditJsonSql} AS json
    FROM search_keys_down($2, $3, '-infinity', 'infinity', $4, '-infinity', 'infinity', 'infinity', 0, 101) f JOIN entry e ON e.tenant_id = $1 AND e.seq = f.seq AND e.recorded_at = f.recorded_at
    ORDER BY e.event_time DESC, e.seq DESC`,
  values: ['demo', '%report-12345%', '%-12345%', Number.MAX_SAFE_INTEGER],
});
