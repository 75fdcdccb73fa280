// Free text found with less work: the index is asked for what narrows the search, and where there is no index yet, less of each row is read.
import { Migration } from '@mikro-orm/migrations';

const arguments0005 = 'text, timestamptz, timestamptz, bigint, timestamptz, timestamptz, timestamptz, bigint, integer';

export class Migration0026TextSearch extends Migration {
  override up(): void {
    for (const [name, comparison, order] of [
      ['search_keys_down', '<', 'DESC'],
      ['search_keys_up', '>', 'ASC'],
    ] as const) {
      this.addSql(`DROP FUNCTION ${name}(${arguments0005})`);
      // As in 0005, and \`lead\` is a pattern that every text fits which fits \`pattern\`: the index is asked for it alone, the pattern itself is tried on
      // the rows. The CASE keeps it from the index, and from being taken for a second condition as rare as the first.
      this.addSql(`
        CREATE FUNCTION ${name}(pattern text, lead text, recorded_from timestamptz, recorded_to timestamptz, through_seq bigint, from_time timestamptz, to_time timestamptz,
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
            WHERE e.tenant_id = own_tenant AND e.search_text LIKE lead AND (lead = pattern OR CASE WHEN e.search_text LIKE pattern THEN true ELSE false END)
              AND e.recorded_at >= recorded_from AND e.recorded_at < recorded_to AND e.seq <= through_seq
              AND e.event_time >= from_time AND e.event_time < to_time AND (e.event_time, e.seq) ${comparison} (after_time, after_seq)
            ORDER BY e.event_time ${order}, e.seq ${order} LIMIT least(at_most, 10001);
        END $body$`);
    }

    // A row is taken apart from its first column to the last one that is asked for: with the text behind all the others, looking
    // through a month took twice as long. So in the months made from now on it stands among the first. Which order a partition has, nobody sees.
    this.addSql(`
      CREATE OR REPLACE FUNCTION ensure_entry_partition(month date) RETURNS boolean
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $body$
      DECLARE
        lower_month date := date_trunc('month', month)::date;
        upper_month date := (date_trunc('month', month) + interval '1 month')::date;
        partition_name text := 'entry_' || to_char(lower_month, 'YYYY_MM');
        columns text;
      BEGIN
        IF lower_month < DATE '2000-01-01' OR lower_month > DATE '2200-01-01' THEN
          RAISE EXCEPTION 'no partition is made for %', lower_month USING ERRCODE = 'invalid_parameter_value';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtext('holdfast.entry_partition'));
        IF to_regclass('public.' || partition_name) IS NOT NULL THEN
          RETURN false;
        END IF;
        SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ', '
            ORDER BY a.attname NOT IN ('tenant_id', 'seq', 'recorded_at', 'event_time', 'search_text'), a.attnum) INTO columns
          FROM pg_attribute a WHERE a.attrelid = 'entry'::regclass AND a.attnum > 0 AND NOT a.attisdropped;
        -- Attaching a table made beforehand needs a weaker lock on the log than creating it in place: readers and writers go on.
        EXECUTE format('CREATE TABLE %I (%s)', partition_name, columns);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition_name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', partition_name);
        EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()', partition_name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER never_truncated', partition_name);
        EXECUTE format('ALTER TABLE entry ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition_name,
                       lower_month::timestamp AT TIME ZONE 'UTC', upper_month::timestamp AT TIME ZONE 'UTC');
        PERFORM guard_entry_partition(partition_name);
        RETURN true;
      END $body$`);
  }
}
