// Searching the log: its indexes, how addresses are read, the one function that may look past row security, and saved queries.
import { Migration } from '@mikro-orm/migrations';

export class Migration0005AuditSearch extends Migration {
  override up(): void {
    this.addSql(`CREATE EXTENSION IF NOT EXISTS pg_trgm`);
    this.addSql(`CREATE EXTENSION IF NOT EXISTS btree_gin`);
    this.addSql(`CREATE INDEX entry_id ON entry (tenant_id, id)`);
    this.addSql(`CREATE INDEX entry_time ON entry (tenant_id, event_time DESC, seq DESC)`);
    this.addSql(`CREATE INDEX entry_category ON entry (tenant_id, category, event_time DESC, seq DESC)`);
    this.addSql(`CREATE INDEX entry_user ON entry (tenant_id, user_id, event_time DESC, seq DESC) WHERE user_id IS NOT NULL`);
    // Each entry has some hundred trigrams: put in one by one they cost more than all the rest of an append, put in by the thousand a third of it.
    // The list of those that wait is looked through by every search of the month, so it is bounded: 16 MiB took some tens of milliseconds.
    this.addSql(`CREATE INDEX entry_text ON entry USING gin (tenant_id, search_text gin_trgm_ops) WITH (fastupdate = on, gin_pending_list_limit = 16384)`);

    // As domain/filter/address.ts reads them. The CASE keeps the casts away from what is no address; nothing is ever thrown.
    this.addSql(`
      CREATE FUNCTION entry_address(written text) RETURNS inet
      LANGUAGE sql STABLE PARALLEL SAFE
      RETURN CASE
        WHEN written ~ '^((0|[1-9][0-9]{0,2})[.]){3}(0|[1-9][0-9]{0,2})$'
          THEN CASE WHEN pg_input_is_valid(written, 'inet') THEN written::inet END
        WHEN written ~* '^::ffff:((0|[1-9][0-9]{0,2})[.]){3}(0|[1-9][0-9]{0,2})$'
          THEN CASE WHEN pg_input_is_valid(substr(written, 8), 'inet') THEN substr(written, 8)::inet END
        WHEN written ~ '^[0-9a-fA-F:]{2,39}$' AND written LIKE '%:%' THEN CASE
          WHEN NOT pg_input_is_valid(written, 'inet') THEN NULL
          WHEN written::inet <<= inet '::ffff:0:0/96' THEN inet '0.0.0.0' + (written::inet - inet '::ffff:0:0')
          ELSE written::inet END
        END`);

    // Under row security the pattern would be tried only after the policy, never by the index. So this one statement runs as a role that
    // row security does not bind (db/roles/search-role.ts). It names its tenant itself, takes no SQL, and answers keys alone: rows are read by
    // whoever asked, under their own policy. Planned anew each time: whether the index of texts or that of times is better depends on the text.
    for (const [name, comparison, order] of [
      ['search_keys_down', '<', 'DESC'],
      ['search_keys_up', '>', 'ASC'],
    ] as const) {
      this.addSql(`
        CREATE FUNCTION ${name}(pattern text, recorded_from timestamptz, recorded_to timestamptz, through_seq bigint, from_time timestamptz, to_time timestamptz,
          after_time timestamptz, after_seq bigint, at_most integer)
        RETURNS TABLE (seq bigint, recorded_at timestamptz)
        LANGUAGE plpgsql STABLE ROWS 100 SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $body$
        #variable_conflict use_column
        DECLARE
          own_tenant text := current_setting('holdfast.tenant');
        BEGIN
          IF own_tenant = '' THEN
            RAISE EXCEPTION 'no tenant is set' USING ERRCODE = 'insufficient_privilege';
          END IF;
          RETURN QUERY
            SELECT e.seq, e.recorded_at FROM entry e
            WHERE e.tenant_id = own_tenant AND e.search_text LIKE pattern
              AND e.recorded_at >= recorded_from AND e.recorded_at < recorded_to AND e.seq <= through_seq
              AND e.event_time >= from_time AND e.event_time < to_time AND (e.event_time, e.seq) ${comparison} (after_time, after_seq)
            ORDER BY e.event_time ${order}, e.seq ${order} LIMIT least(at_most, 10001);
        END $body$`);
    }

    this.addSql(`
      CREATE TABLE saved_query (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        name text NOT NULL,
        filter jsonb NOT NULL,
        shared boolean NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
      )`);
    this.addSql(`ALTER TABLE saved_query ENABLE ROW LEVEL SECURITY`);
    this.addSql(`ALTER TABLE saved_query FORCE ROW LEVEL SECURITY`);
    this.addSql(`CREATE POLICY own_tenant ON saved_query USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
  }
}
