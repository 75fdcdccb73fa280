// Schedules with a subject, so that a policy has one of its own; runs that such a schedule starts; months that runs have emptied; and views that entries leave.
import { Migration } from '@mikro-orm/migrations';

export class Migration0019RetentionSchedules extends Migration {
  override up(): void {
    this.giveSchedulesSubjects();
    this.letSchedulesRunPolicies();
    this.letEmptiedMonthsGo();
    this.letEntriesLeaveViews();
    this.letBatchesBeCheap();
  }

  private giveSchedulesSubjects(): void {
    this.addSql(`ALTER TABLE job_schedule ADD COLUMN subject text NOT NULL DEFAULT ''`);
    this.addSql(`ALTER TABLE job_schedule DROP CONSTRAINT job_schedule_pkey`);
    this.addSql(`ALTER TABLE job_schedule ADD PRIMARY KEY (tenant_id, kind, subject)`);
    this.addSql(`ALTER TABLE job ADD COLUMN subject text NOT NULL DEFAULT ''`);
    this.addSql(`DROP INDEX job_scheduled_once`);
    this.addSql(`CREATE UNIQUE INDEX job_scheduled_once ON job (tenant_id, kind, subject, scheduled_for) WHERE scheduled_for IS NOT NULL`);
    this.addSql(`DROP FUNCTION job_schedules_after(text, text, integer)`);
    this.addSql(`
      CREATE FUNCTION job_schedules_after(after_tenant text, after_kind text, after_subject text, at_most integer)
      RETURNS TABLE (tenant_id text, kind text, subject text, cron text, paused boolean, updated_at timestamptz, last_scheduled_for timestamptz)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        SELECT s.tenant_id, s.kind, s.subject, s.cron, s.paused, s.updated_at,
          (SELECT max(j.scheduled_for) FROM job j WHERE j.tenant_id = s.tenant_id AND j.kind = s.kind AND j.subject = s.subject AND j.scheduled_for IS NOT NULL)
        FROM job_schedule s
        WHERE (s.tenant_id, s.kind, s.subject) > (after_tenant, after_kind, after_subject)
        ORDER BY s.tenant_id, s.kind, s.subject LIMIT least(at_most, 1000)
      $body$`);
  }

  private letSchedulesRunPolicies(): void {
    this.addSql(`ALTER TABLE retention_policy ADD COLUMN changed_by text`);
    this.addSql(`ALTER TABLE retention_run ADD COLUMN scheduled_for timestamptz`);
    this.addSql(`CREATE UNIQUE INDEX retention_run_scheduled_once ON retention_run (tenant_id, policy_id, scheduled_for) WHERE scheduled_for IS NOT NULL`);
    // Those that are there already: over all tenants, for which the owner has to lay its own row security aside.
    for (const table of ['retention_policy', 'job_schedule']) this.addSql(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    this.addSql(`
      INSERT INTO job_schedule (tenant_id, kind, subject, cron, paused, updated_at)
      SELECT p.tenant_id, 'retention_due', p.id, p.schedule, NOT p.enabled, now() FROM retention_policy p WHERE p.deleted_at IS NULL`);
    for (const table of ['retention_policy', 'job_schedule']) this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }

  private letEmptiedMonthsGo(): void {
    // Row security would make a full month look empty to an owner who is no superuser.
    this.addSql(`
      CREATE FUNCTION let_owner_look_at(partition_name text) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
      BEGIN
        EXECUTE format('CREATE POLICY owner_sees_whether_empty ON %I FOR SELECT TO CURRENT_USER USING (true)', partition_name);
      END $body$`);
    this.addSql(`SELECT let_owner_look_at(c.relname::text) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'entry'::regclass`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION guard_entry_partition(partition_name text) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
      BEGIN
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', partition_name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER removed_in_a_run', partition_name);
        EXECUTE format('CREATE TRIGGER only_in_a_run BEFORE DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION only_in_a_run()', partition_name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER only_in_a_run', partition_name);
        PERFORM let_owner_look_at(partition_name);
      END $body$`);
    // Whoever reads or writes the log queues behind a lock that is waited for. So it is waited for in moments of 25 ms, for a second in all.
    this.addSql(`
      CREATE FUNCTION drop_emptied_month(partition_name text) RETURNS text
      LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '1s' AS $body$
      DECLARE
        month_partition regclass;
        is_empty boolean;
        try_until timestamptz;
      BEGIN
        SELECT c.oid INTO month_partition FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = 'entry'::regclass AND c.relname = partition_name AND c.relname ~ '^entry_[0-9]{4}_[0-9]{2}$';
        IF month_partition IS NULL THEN
          RETURN 'not there';
        END IF;
        IF ((to_date(substr(partition_name, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC') > now() - interval '1 day' THEN
          RETURN 'still open';
        END IF;
        IF row_security_active(month_partition) AND NOT EXISTS (
          SELECT FROM pg_policy p WHERE p.polrelid = month_partition AND p.polpermissive AND p.polcmd = 'r' AND pg_get_expr(p.polqual, p.polrelid) = 'true'
            AND p.polroles @> ARRAY[(SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)]
        ) THEN
          RAISE EXCEPTION 'the owner of the log cannot see whether % is empty', partition_name USING ERRCODE = 'insufficient_privilege';
        END IF;
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', partition_name) INTO is_empty;
        IF NOT is_empty THEN
          RETURN 'has rows';
        END IF;
        BEGIN
          -- From here on nobody writes into this month; the rest of the log goes on.
          EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', partition_name);
        EXCEPTION WHEN lock_not_available THEN
          RETURN 'in use';
        END;
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %I)', partition_name) INTO is_empty;
        IF NOT is_empty THEN
          RETURN 'has rows';
        END IF;
        try_until := clock_timestamp() + interval '1 second';
        WHILE clock_timestamp() < try_until LOOP
          BEGIN
            PERFORM set_config('lock_timeout', '25ms', true);
            EXECUTE format('DROP TABLE %I', partition_name);
            RETURN 'dropped';
          EXCEPTION WHEN lock_not_available THEN
            PERFORM pg_sleep(0.03);
          END;
        END LOOP;
        RETURN 'in use';
      END $body$`);
  }

  private letEntriesLeaveViews(): void {
    this.addSql(`ALTER TABLE retention_policy ADD COLUMN views jsonb`);
    this.addSql(`
      ALTER TABLE retention_run ADD COLUMN next_view_part integer NOT NULL DEFAULT 0,
        ADD COLUMN left_audit bigint NOT NULL DEFAULT 0, ADD COLUMN left_changes bigint NOT NULL DEFAULT 0`);
    // For each stretch of seqs: through which seq and up to which event time entries are out of the view, and which of them stay in it.
    this.addSql(`
      CREATE TABLE log_view (
        tenant_id text NOT NULL,
        view text NOT NULL CHECK (view IN ('audit', 'changes')),
        part integer NOT NULL,
        through_seq bigint NOT NULL,
        cutoff timestamptz NOT NULL,
        kept int8multirange NOT NULL,
        PRIMARY KEY (tenant_id, view, part)
      )`);
    this.addSql(`ALTER TABLE log_view ENABLE ROW LEVEL SECURITY`);
    this.addSql(`ALTER TABLE log_view FORCE ROW LEVEL SECURITY`);
    this.addSql(`CREATE POLICY own_tenant ON log_view USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    this.addSql(`ALTER TABLE log_floor DROP CONSTRAINT log_floor_kind_check`);
    this.addSql(`ALTER TABLE log_floor ADD CONSTRAINT log_floor_kind_check CHECK (kind IN ('share', 'workspace', 'org', 'category', 'changes', 'changes_of_share'))`);
  }

  private letBatchesBeCheap(): void {
    // Checked once for every entry that is kept, although the batch that writes them has locked their run, which nobody may delete.
    this.addSql(`ALTER TABLE retention_kept DROP CONSTRAINT retention_kept_tenant_id_run_id_fkey`);
  }
}
