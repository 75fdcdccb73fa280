// What earlier changes of a resource said of it, as live doors tell it: never what is hidden by a quarantine.
import { Migration } from '@mikro-orm/migrations';

export class Migration0027SaidOpenly extends Migration {
  override up(): void {
    // Hidden ones are passed over before they are counted or weighed: they leave no gap in what is told.
    this.addSql(`
      CREATE OR REPLACE FUNCTION said_before(tenant text, type_of_resource text, resource text, before_seq bigint, at_most_bytes integer) RETURNS jsonb
      LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $body$
      DECLARE
        earlier record;
        said jsonb;
        stored_bytes bigint := 0;
        said_bytes bigint := 0;
      BEGIN
        FOR earlier IN
          SELECT e.change_metadata AS metadata, pg_column_size(e.change_metadata) AS stored FROM entry e
          WHERE e.tenant_id = tenant AND e.resource_id = resource AND e.seq < before_seq AND e.change_metadata IS NOT NULL AND e.resource_type = type_of_resource
            AND (e.seq <@ (SELECT range_agg(q.seqs) FROM quarantine_part q WHERE q.tenant_id = tenant AND q.shown_at IS NULL)) IS NOT TRUE
          ORDER BY e.seq DESC LIMIT 20
        LOOP
          stored_bytes := stored_bytes + earlier.stored;
          EXIT WHEN stored_bytes > at_most_bytes;
          said_bytes := said_bytes + octet_length(earlier.metadata::text);
          EXIT WHEN said_bytes > at_most_bytes;
          said := earlier.metadata || coalesce(said, '{}');
        END LOOP;
        RETURN said;
      END $body$`);
  }
}
