// Retention: policies, plans, runs, tombstones, certificates; and the one way in which entries may be deleted.
import { Migration } from '@mikro-orm/migrations';

export class Migration0013Retention extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE retention_policy (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        version integer NOT NULL,
        name text NOT NULL,
        description text,
        retention_days integer NOT NULL CHECK (retention_days >= 0),
        min_retention_days integer NOT NULL CHECK (min_retention_days >= 0),
        counts_from text NOT NULL CHECK (counts_from IN ('creation', 'modification')),
        action text NOT NULL CHECK (action IN ('delete', 'archive', 'quarantine')),
        scope_type text NOT NULL CHECK (scope_type IN ('tenant', 'share', 'folder', 'user')),
        scope_ids text[] NOT NULL,
        filter jsonb,
        selection jsonb,
        schedule text NOT NULL,
        approval text NOT NULL CHECK (approval IN ('none', 'second_person')),
        mode text NOT NULL CHECK (mode IN ('governance', 'compliance')),
        enabled boolean NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        PRIMARY KEY (tenant_id, id)
      )`);
    this.addSql(`
      CREATE TABLE retention_plan (
        tenant_id text NOT NULL,
        hash text NOT NULL,
        policy_id text NOT NULL,
        policy_version integer NOT NULL,
        as_of_seq bigint NOT NULL,
        as_of timestamptz NOT NULL,
        summary jsonb NOT NULL,
        made_by text NOT NULL,
        made_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, hash),
        FOREIGN KEY (tenant_id, policy_id) REFERENCES retention_policy
      )`);
    this.addSql(`
      CREATE TABLE retention_plan_part (
        tenant_id text NOT NULL,
        plan_hash text NOT NULL,
        number integer NOT NULL,
        first_seq bigint NOT NULL,
        last_seq bigint NOT NULL,
        seqs int8multirange NOT NULL,
        PRIMARY KEY (tenant_id, plan_hash, number),
        FOREIGN KEY (tenant_id, plan_hash) REFERENCES retention_plan
      )`);
    this.addSql(`
      CREATE TABLE retention_run (
        tenant_id text NOT NULL,
        id text NOT NULL,
        policy_id text NOT NULL,
        plan_hash text,
        state text NOT NULL CHECK (state IN ('queued', 'awaiting_approval', 'running', 'paused', 'completed', 'failed', 'cancelled')),
        requested_by text NOT NULL,
        approved_by text,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        planned bigint NOT NULL DEFAULT 0,
        removed bigint NOT NULL DEFAULT 0,
        next_part integer NOT NULL DEFAULT 1,
        after_seq bigint NOT NULL DEFAULT 0,
        head_before jsonb,
        error text,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, policy_id) REFERENCES retention_policy,
        CONSTRAINT second_person CHECK (approved_by <> requested_by)
      )`);
    this.addSql(`CREATE UNIQUE INDEX retention_run_of_plan ON retention_run (tenant_id, plan_hash) WHERE state <> 'cancelled' AND state <> 'failed'`);
    this.addSql(`
      CREATE TABLE retention_kept (
        tenant_id text NOT NULL,
        run_id text NOT NULL,
        seq bigint NOT NULL,
        reason text NOT NULL CHECK (reason IN ('hold', 'floor', 'not_old_enough')),
        PRIMARY KEY (tenant_id, run_id, seq),
        FOREIGN KEY (tenant_id, run_id) REFERENCES retention_run
      )`);
    this.addSql(`
      CREATE TABLE tombstone (
        tenant_id text NOT NULL,
        run_id text NOT NULL,
        number integer NOT NULL,
        first_seq bigint NOT NULL,
        last_seq bigint NOT NULL,
        seqs int8multirange NOT NULL,
        leaves bytea NOT NULL,
        links bytea NOT NULL,
        removed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, run_id, number),
        FOREIGN KEY (tenant_id, run_id) REFERENCES retention_run
      )`);
    this.addSql(`CREATE INDEX tombstone_seqs ON tombstone (tenant_id, last_seq)`);
    this.addSql(`
      CREATE TABLE retention_certificate (
        tenant_id text NOT NULL,
        run_id text NOT NULL,
        body text NOT NULL,
        key_id text NOT NULL,
        signature bytea NOT NULL,
        signed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, run_id),
        FOREIGN KEY (tenant_id, run_id) REFERENCES retention_run
      )`);

    for (const table of ['retention_plan', 'retention_plan_part', 'retention_kept', 'tombstone', 'retention_certificate']) {
      this.addSql(`CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
      this.addSql(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only`);
      this.addSql(`CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`);
      this.addSql(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER never_truncated`);
    }
    for (const table of ['retention_policy', 'retention_plan', 'retention_plan_part', 'retention_run', 'retention_kept', 'tombstone', 'retention_certificate']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }

    this.addSql(`
      CREATE FUNCTION policy_only_lengthens() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          RAISE EXCEPTION 'a policy is ended, never deleted' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF OLD.mode = 'compliance' AND (
          NEW.mode <> 'compliance' OR NEW.deleted_at IS NOT NULL OR (OLD.enabled AND NOT NEW.enabled)
          OR NEW.retention_days < OLD.retention_days OR NEW.min_retention_days < OLD.min_retention_days
          OR NEW.counts_from <> OLD.counts_from OR NEW.action <> OLD.action OR NEW.scope_type <> OLD.scope_type OR NOT NEW.scope_ids @> OLD.scope_ids
          OR NEW.selection IS DISTINCT FROM OLD.selection OR (OLD.approval = 'second_person' AND NEW.approval = 'none')
        ) THEN
          RAISE EXCEPTION 'a compliance policy can only be lengthened' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.created_by <> OLD.created_by OR OLD.deleted_at IS NOT NULL THEN
          RAISE EXCEPTION 'this of a policy cannot be changed' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $body$`);
    this.addSql(`CREATE TRIGGER only_lengthens BEFORE UPDATE OR DELETE ON retention_policy FOR EACH ROW EXECUTE FUNCTION policy_only_lengthens()`);
    this.addSql(`ALTER TABLE retention_policy ENABLE ALWAYS TRIGGER only_lengthens`);

    // Deleting is checked once a statement; the row trigger costs no call and refuses what no statement of this transaction was checked for.
    this.addSql(`
      CREATE FUNCTION only_in_a_run() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
      DECLARE
        of_tenant text := current_setting('holdfast.tenant', true);
        of_run text := current_setting('holdfast.prune_run', true);
      BEGIN
        IF coalesce(of_tenant, '') = '' OR coalesce(of_run, '') = ''
           OR NOT EXISTS (SELECT FROM retention_run r WHERE r.tenant_id = of_tenant AND r.id = of_run AND r.state = 'running') THEN
          RAISE EXCEPTION '% is append-only: % is refused outside a registered run', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM set_config('holdfast.prune_checked', of_tenant, true);
        RETURN NULL;
      END $body$`);
    this.addSql(`DROP TRIGGER append_only ON entry`);
    this.addSql(`CREATE TRIGGER append_only BEFORE UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`
      CREATE TRIGGER removed_in_a_run BEFORE DELETE ON entry FOR EACH ROW
      WHEN (OLD.tenant_id IS DISTINCT FROM current_setting('holdfast.prune_checked', true)) EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`CREATE TRIGGER only_in_a_run BEFORE DELETE ON entry FOR EACH STATEMENT EXECUTE FUNCTION only_in_a_run()`);
    for (const trigger of ['append_only', 'removed_in_a_run', 'only_in_a_run']) this.addSql(`ALTER TABLE entry ENABLE ALWAYS TRIGGER ${trigger}`);
    this.addSql(`
      CREATE FUNCTION guard_entry_partition(partition_name text) RETURNS void
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
      BEGIN
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', partition_name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER removed_in_a_run', partition_name);
        EXECUTE format('CREATE TRIGGER only_in_a_run BEFORE DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION only_in_a_run()', partition_name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER only_in_a_run', partition_name);
      END $body$`);
    this.addSql(`SELECT guard_entry_partition(c.relname::text) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'entry'::regclass`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION ensure_entry_partition(month date) RETURNS boolean
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $body$
      DECLARE
        lower_month date := date_trunc('month', month)::date;
        upper_month date := (date_trunc('month', month) + interval '1 month')::date;
        partition_name text := 'entry_' || to_char(lower_month, 'YYYY_MM');
      BEGIN
        IF lower_month < DATE '2000-01-01' OR lower_month > DATE '2200-01-01' THEN
          RAISE EXCEPTION 'no partition is made for %', lower_month USING ERRCODE = 'invalid_parameter_value';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtext('holdfast.entry_partition'));
        IF to_regclass('public.' || partition_name) IS NOT NULL THEN
          RETURN false;
        END IF;
        -- Attaching a table made beforehand needs a weaker lock on the log than creating it in place: readers and writers go on.
        EXECUTE format('CREATE TABLE %I (LIKE entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition_name);
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
