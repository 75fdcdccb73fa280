// The log: its entries in monthly partitions, its head, its keys, its floors, and what keeps it append-only.
import { Migration } from '@mikro-orm/migrations';

export class Migration0001Log extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE installation (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        system_identifier text NOT NULL,
        timeline integer NOT NULL
      )`);

    this.addSql(`
      CREATE FUNCTION iso_utc(instant timestamptz) RETURNS text
      LANGUAGE sql STABLE PARALLEL SAFE
      RETURN rtrim(rtrim(to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') || 'Z'`);

    this.addSql(`
      CREATE TABLE tenant (
        tenant_id text PRIMARY KEY CHECK (tenant_id ~ '^[A-Za-z0-9_-]{1,64}$'),
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);

    this.addSql(`
      CREATE TABLE tenant_log (
        tenant_id text PRIMARY KEY REFERENCES tenant,
        epoch text NOT NULL,
        last_seq bigint NOT NULL DEFAULT 0,
        last_link bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
        last_recorded_at timestamptz NOT NULL DEFAULT '-infinity',
        floor_seq bigint NOT NULL DEFAULT 0
      ) WITH (fillfactor = 50)`);

    this.addSql(`
      CREATE TABLE log_floor (
        tenant_id text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('share', 'workspace', 'org', 'category')),
        ref text NOT NULL,
        floor_seq bigint NOT NULL,
        PRIMARY KEY (tenant_id, kind, ref)
      )`);

    this.addSql(`
      CREATE TABLE log_month (
        tenant_id text NOT NULL,
        first_seq bigint NOT NULL,
        month date NOT NULL,
        PRIMARY KEY (tenant_id, first_seq)
      )`);

    this.addSql(`
      CREATE TABLE ingest_key (
        tenant_id text NOT NULL,
        key_hash bytea NOT NULL,
        body_hash bytea NOT NULL,
        result json NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, key_hash)
      )`);

    this.addSql(`
      CREATE TABLE entry (
        tenant_id text NOT NULL,
        seq bigint NOT NULL,
        recorded_at timestamptz NOT NULL,
        id text NOT NULL,
        event_time timestamptz NOT NULL,
        event_type text NOT NULL,
        event text NOT NULL,
        category text NOT NULL,
        severity text NOT NULL,
        action text NOT NULL,
        outcome text NOT NULL,
        current_category text NOT NULL,
        sub_category text NOT NULL,
        visibility text NOT NULL,
        permission text NOT NULL,
        notification text NOT NULL,
        activity text[] NOT NULL,
        user_id text,
        user_email text,
        user_name text,
        service_account text,
        target_user_id text,
        org_id text,
        workspace_id text,
        share_id text,
        resource_type text,
        resource_id text,
        resource_name text,
        path text,
        change_type text,
        old_path text,
        new_path text,
        version_id text,
        change_metadata jsonb,
        parent_event_id text,
        ip_address text,
        user_agent text,
        session_id text,
        request_id text,
        decision text,
        provider text,
        model text,
        own_action text,
        details jsonb,
        salt bytea NOT NULL,
        leaf bytea NOT NULL,
        link bytea NOT NULL,
        search_text text NOT NULL,
        PRIMARY KEY (tenant_id, seq, recorded_at)
      ) PARTITION BY RANGE (recorded_at)`);
    this.addSql(`CREATE INDEX entry_changes ON entry (tenant_id, seq) WHERE change_type IS NOT NULL`);
    this.addSql(`CREATE INDEX entry_share_changes ON entry (tenant_id, share_id, seq) WHERE change_type IS NOT NULL`);

    this.addSql(`
      CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
      END $body$`);
    this.addSql(`CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`ALTER TABLE entry ENABLE ALWAYS TRIGGER append_only`);
    this.addSql(`CREATE TRIGGER never_truncated BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`ALTER TABLE entry ENABLE ALWAYS TRIGGER never_truncated`);

    this.addSql(`
      CREATE FUNCTION head_only_grows() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        IF TG_OP = 'DELETE' OR NEW.last_seq < OLD.last_seq OR NEW.floor_seq < OLD.floor_seq OR NEW.last_recorded_at < OLD.last_recorded_at
           OR NEW.tenant_id <> OLD.tenant_id
           OR (NEW.last_seq = OLD.last_seq AND NEW.last_link <> OLD.last_link) THEN
          RAISE EXCEPTION 'the head of a log only moves forward' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $body$`);
    this.addSql(`CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON tenant_log FOR EACH ROW EXECUTE FUNCTION head_only_grows()`);
    this.addSql(`ALTER TABLE tenant_log ENABLE ALWAYS TRIGGER only_grows`);
    this.addSql(`CREATE TRIGGER never_truncated BEFORE TRUNCATE ON tenant_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`ALTER TABLE tenant_log ENABLE ALWAYS TRIGGER never_truncated`);

    for (const table of ['tenant', 'tenant_log', 'log_floor', 'log_month', 'ingest_key', 'entry']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
    // The owner's definer functions below read these two across tenants; forced row security would hide them from an owner who is no superuser.
    this.addSql(`CREATE POLICY owner_sees_tenants ON tenant FOR SELECT TO CURRENT_USER USING (true)`);
    this.addSql(`CREATE POLICY owner_keeps_heads ON tenant_log TO CURRENT_USER USING (true)`);

    this.addSql(`
      CREATE FUNCTION tenant_heads(tenants text[])
      RETURNS TABLE (tenant_id text, last_seq bigint, floor_seq bigint, epoch text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        SELECT l.tenant_id, l.last_seq, l.floor_seq, l.epoch FROM tenant_log l WHERE l.tenant_id = ANY (tenants)
      $body$`);
    this.addSql(`
      CREATE FUNCTION tenants_after(after text, at_most integer) RETURNS SETOF text
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        SELECT t.tenant_id FROM tenant t WHERE t.tenant_id > after ORDER BY t.tenant_id LIMIT least(at_most, 1001)
      $body$`);

    this.addSql(`
      CREATE FUNCTION ensure_entry_partition(month date) RETURNS boolean
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
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', partition_name);
        RETURN true;
      END $body$`);
    this.addSql(`
      CREATE FUNCTION entry_partitions() RETURNS SETOF text
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'entry'::regclass ORDER BY c.relname
      $body$`);
  }
}
