// What guards the deletion of entries, row by row, without a cost for each row: row security instead of a trigger.
import { Migration } from '@mikro-orm/migrations';

export class Migration0024CheaperRemoval extends Migration {
  /**
   * A trigger before each deleted row locks that row first, which is written to the WAL as the deletion is, whatever its condition says.
   * The same condition as a policy is asked once a statement: whoever was not checked by only_in_a_run finds no row to delete.
   */
  override up(): void {
    this.addSql(`DROP TRIGGER removed_in_a_run ON entry`);
    this.addSql(`
      CREATE POLICY removed_in_a_run ON entry AS RESTRICTIVE FOR DELETE
      USING (tenant_id = (SELECT current_setting('holdfast.prune_checked', true)))`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION guard_entry_partition(partition_name text) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
      BEGIN
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', partition_name);
        EXECUTE format('CREATE TRIGGER only_in_a_run BEFORE DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION only_in_a_run()', partition_name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER only_in_a_run', partition_name);
        PERFORM let_owner_look_at(partition_name);
      END $body$`);
  }
}
