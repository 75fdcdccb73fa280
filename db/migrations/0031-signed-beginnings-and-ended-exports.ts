// Two things that go only when their time has come: entries, after a checkpoint at or beyond the entry that says that their run began; rows of exports, long after their end.
import { Migration } from '@mikro-orm/migrations';

export class Migration0031SignedBeginningsAndEndedExports extends Migration {
  override up(): void {
    this.removeAfterSignedBeginnings();
    this.clearEndedExports();
  }

  private removeAfterSignedBeginnings(): void {
    // Where a later run has removed that entry there is nothing left to sign, and the run goes on as it was begun. The log is planned for with all its months: once a session, not at each call.
    this.addSql(`
      CREATE FUNCTION beginning_is_signed(of_tenant text, of_run text) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $body$
        SELECT NOT EXISTS (
          SELECT FROM entry e WHERE e.tenant_id = of_tenant AND e.resource_id = of_run AND e.resource_type = 'retention_run' AND e.own_action = 'run_retention'
            AND e.seq > coalesce((SELECT c.head_seq FROM checkpoint c WHERE c.tenant_id = of_tenant ORDER BY c.number DESC LIMIT 1), 0))
      $body$`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION only_in_a_run() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
      DECLARE
        of_tenant text := current_setting('holdfast.tenant', true);
        of_run text := current_setting('holdfast.prune_run', true);
      BEGIN
        IF coalesce(of_tenant, '') = '' OR coalesce(of_run, '') = ''
           OR NOT EXISTS (
             SELECT FROM retention_run r WHERE r.tenant_id = of_tenant AND r.id = of_run AND r.state = 'running'
               AND CASE r.action
                 WHEN 'archive' THEN EXISTS (SELECT FROM retention_archive a WHERE a.tenant_id = of_tenant AND a.run_id = of_run AND a.sealed_at IS NOT NULL)
                 WHEN 'quarantine' THEN r.decision = 'confirmed'
                 ELSE true END) THEN
          RAISE EXCEPTION '% is append-only: % is refused outside a registered run', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
        END IF;
        -- Asked until the first entry has gone; checkpoints only become more.
        IF EXISTS (SELECT FROM retention_run r WHERE r.tenant_id = of_tenant AND r.id = of_run AND r.removed = 0) THEN
          IF NOT beginning_is_signed(of_tenant, of_run) THEN
            RAISE EXCEPTION 'no checkpoint has signed that the run % began: nothing goes before', of_run USING ERRCODE = 'insufficient_privilege';
          END IF;
        END IF;
        PERFORM set_config('holdfast.prune_checked', of_tenant, true);
        RETURN NULL;
      END $body$`);
  }

  /** How long after its end is for the application to say; the database knows of none that is open or has files left. */
  private clearEndedExports(): void {
    this.addSql(`
      CREATE FUNCTION export_is_over(x audit_export) RETURNS boolean LANGUAGE sql IMMUTABLE AS $body$
        SELECT x.state IN ('expired', 'failed', 'cancelled') AND x.files_removed_at IS NOT NULL
      $body$`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION export_keeps_its_word() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          IF export_is_over(OLD) THEN RETURN OLD; END IF;
          RAISE EXCEPTION 'an export expires before it is deleted' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.as_of_seq <> OLD.as_of_seq OR NEW.selection <> OLD.selection OR NEW.columns <> OLD.columns
           OR NEW.format <> OLD.format OR NEW.compress IS DISTINCT FROM OLD.compress OR NEW.requested_by <> OLD.requested_by
           OR NEW.fence < OLD.fence OR (OLD.manifest IS NOT NULL AND NEW.manifest IS DISTINCT FROM OLD.manifest) THEN
          RAISE EXCEPTION 'this of an export cannot be changed' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $body$`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION part_is_written_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          IF EXISTS (SELECT FROM audit_export x WHERE x.tenant_id = OLD.tenant_id AND x.id = OLD.export_id AND export_is_over(x)) THEN RETURN OLD; END IF;
        END IF;
        IF TG_OP = 'DELETE' OR OLD.file IS NOT NULL OR NEW.number <> OLD.number OR NEW.after_seq <> OLD.after_seq OR NEW.through_seq <> OLD.through_seq OR NEW.rows <> OLD.rows
           OR NEW.tenant_id <> OLD.tenant_id OR NEW.export_id <> OLD.export_id THEN
          RAISE EXCEPTION 'a part of an export is written once' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $body$`);
    this.addSql(`CREATE INDEX audit_export_over ON audit_export ((coalesce(expires_at, finished_at))) WHERE files_removed_at IS NOT NULL`);
    for (const table of ['audit_export', 'audit_export_part']) this.addSql(`CREATE POLICY owner_looks_through ON ${table} TO CURRENT_USER USING (true)`);
    this.addSql(`
      CREATE FUNCTION clear_ended_exports(ended_before timestamptz, at_most integer) RETURNS integer
      LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
      DECLARE
        ended record;
        cleared integer := 0;
      BEGIN
        FOR ended IN
          SELECT x.tenant_id, x.id FROM audit_export x WHERE export_is_over(x) AND coalesce(x.expires_at, x.finished_at) <= ended_before
          ORDER BY coalesce(x.expires_at, x.finished_at) LIMIT least(at_most, 1000) FOR UPDATE SKIP LOCKED
        LOOP
          DELETE FROM audit_export_part p WHERE p.tenant_id = ended.tenant_id AND p.export_id = ended.id;
          DELETE FROM audit_export x WHERE x.tenant_id = ended.tenant_id AND x.id = ended.id;
          cleared := cleared + 1;
        END LOOP;
        RETURN cleared;
      END $body$`);
  }
}
