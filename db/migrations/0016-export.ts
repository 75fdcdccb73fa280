// Exports with their parts, and the reports that make exports by a schedule. An export under way is also a pin: what it still has to read stays.
import { Migration } from '@mikro-orm/migrations';

export class Migration0016Export extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE audit_report (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        name text NOT NULL,
        saved_query_id text NOT NULL,
        format text NOT NULL CHECK (format IN ('csv', 'json', 'ndjson')),
        compress text CHECK (compress = 'gzip'),
        columns text[] NOT NULL,
        schedule text NOT NULL,
        enabled boolean NOT NULL,
        keep_days integer NOT NULL CHECK (keep_days > 0),
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
      )`);
    this.addSql(`
      CREATE TABLE audit_export (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        state text NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled', 'expired')),
        format text NOT NULL CHECK (format IN ('csv', 'json', 'ndjson')),
        compress text CHECK (compress = 'gzip'),
        columns text[] NOT NULL,
        filter jsonb NOT NULL,
        selection jsonb NOT NULL,
        saved_query_id text,
        report_id text,
        as_of_seq bigint NOT NULL,
        requested_by text NOT NULL,
        keep_days integer NOT NULL CHECK (keep_days > 0),
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        expires_at timestamptz,
        files_removed_at timestamptz,
        fence bigint NOT NULL DEFAULT 0,
        planned_parts integer,
        of bigint,
        rows bigint NOT NULL DEFAULT 0,
        bytes bigint NOT NULL DEFAULT 0,
        parts integer NOT NULL DEFAULT 0,
        after_seq bigint NOT NULL DEFAULT 0,
        pinned_until timestamptz NOT NULL,
        pin_broken boolean NOT NULL DEFAULT false,
        manifest text,
        key_id text,
        signature bytea,
        error text,
        PRIMARY KEY (tenant_id, id)
      )`);
    this.addSql(`CREATE INDEX audit_export_open ON audit_export (tenant_id) WHERE state IN ('queued', 'running')`);
    this.addSql(`
      CREATE TABLE audit_export_part (
        tenant_id text NOT NULL,
        export_id text NOT NULL,
        number integer NOT NULL,
        after_seq bigint NOT NULL,
        through_seq bigint NOT NULL,
        rows bigint NOT NULL,
        file text,
        bytes bigint,
        sha256 text,
        PRIMARY KEY (tenant_id, export_id, number),
        FOREIGN KEY (tenant_id, export_id) REFERENCES audit_export,
        CHECK ((file IS NULL) = (bytes IS NULL) AND (file IS NULL) = (sha256 IS NULL))
      )`);

    this.addSql(`
      CREATE FUNCTION export_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          RAISE EXCEPTION 'an export expires, it is never deleted' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.tenant_id <> OLD.tenant_id OR NEW.id <> OLD.id OR NEW.as_of_seq <> OLD.as_of_seq OR NEW.selection <> OLD.selection OR NEW.columns <> OLD.columns
           OR NEW.format <> OLD.format OR NEW.compress IS DISTINCT FROM OLD.compress OR NEW.requested_by <> OLD.requested_by
           OR NEW.fence < OLD.fence OR (OLD.manifest IS NOT NULL AND NEW.manifest IS DISTINCT FROM OLD.manifest) THEN
          RAISE EXCEPTION 'this of an export cannot be changed' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $body$`);
    this.addSql(`CREATE TRIGGER keeps_its_word BEFORE UPDATE OR DELETE ON audit_export FOR EACH ROW EXECUTE FUNCTION export_keeps_its_word()`);
    this.addSql(`
      CREATE FUNCTION part_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        IF TG_OP = 'DELETE' OR OLD.file IS NOT NULL OR NEW.number <> OLD.number OR NEW.after_seq <> OLD.after_seq OR NEW.through_seq <> OLD.through_seq OR NEW.rows <> OLD.rows
           OR NEW.tenant_id <> OLD.tenant_id OR NEW.export_id <> OLD.export_id THEN
          RAISE EXCEPTION 'a part of an export is written once' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $body$`);
    this.addSql(`CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON audit_export_part FOR EACH ROW EXECUTE FUNCTION part_is_written_once()`);
    this.addSql(`ALTER TABLE audit_export ENABLE ALWAYS TRIGGER keeps_its_word`);
    this.addSql(`ALTER TABLE audit_export_part ENABLE ALWAYS TRIGGER written_once`);

    // True of a run that waits for an export, and not for somebody.
    this.addSql(`ALTER TABLE retention_run ADD COLUMN paused_for_pin boolean NOT NULL DEFAULT false`);

    for (const table of ['audit_report', 'audit_export', 'audit_export_part']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
  }
}
