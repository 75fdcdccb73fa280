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
    // Each entry has some hundred trigrams: put in as entries arrive they cost five times as much as all the rest of an append, and a tenth of
    // it when a month is over and its index is built in one go. The month that is open is searched along the index of times.
    this.addSql(`
      CREATE FUNCTION index_next_closed_month() RETURNS text
      LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' SET maintenance_work_mem = '128MB' AS $body$
      DECLARE
        partition_name text;
      BEGIN
        -- Two that index at once would build the same one.
        PERFORM pg_advisory_xact_lock(hashtext('holdfast.index_closed_month'));
        SELECT c.relname INTO partition_name
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = 'entry'::regclass AND c.relname < 'entry_' || to_char(now() AT TIME ZONE 'UTC' - interval '1 hour', 'YYYY_MM')
            AND to_regclass('public.' || quote_ident(c.relname || '_text')) IS NULL
          ORDER BY c.relname DESC LIMIT 1;
        IF partition_name IS NULL THEN
          RETURN NULL;
        END IF;
        EXECUTE format('CREATE INDEX %I ON %I USING gin (tenant_id, search_text gin_trgm_ops)', partition_name || '_text', partition_name);
        RETURN partition_name;
      END $body$`);

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
