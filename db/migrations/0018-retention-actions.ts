// Archives and quarantine: what a run must have written, hidden or been told before it may remove.
import { Migration } from '@mikro-orm/migrations';

export class Migration0018RetentionActions extends Migration {
  override up(): void {
    this.tellRunsWhatTheyDo();
    this.keepArchives();
    this.keepQuarantine();
    this.removeOnlyWhatMayGo();
  }

  private tellRunsWhatTheyDo(): void {
    this.addSql(`
      ALTER TABLE retention_run
        ADD COLUMN action text NOT NULL DEFAULT 'delete' CHECK (action IN ('delete', 'archive', 'quarantine')),
        ADD COLUMN hidden bigint NOT NULL DEFAULT 0,
        ADD COLUMN quarantined_at timestamptz,
        ADD COLUMN decision text CHECK (decision IN ('confirmed', 'restored')),
        ADD COLUMN decided_by text,
        ADD COLUMN decided_at timestamptz,
        ADD CONSTRAINT decided_by_second_person CHECK (decided_by <> requested_by),
        ADD CONSTRAINT decision_is_whole CHECK ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL OR quarantined_at IS NOT NULL)),
        ADD CONSTRAINT quarantine_alone_hides CHECK (action = 'quarantine' OR (hidden = 0 AND quarantined_at IS NULL))`);
  }

  private keepArchives(): void {
    this.addSql(`
      CREATE TABLE retention_archive (
        tenant_id text NOT NULL,
        run_id text NOT NULL,
        fence bigint NOT NULL,
        manifest text,
        key_id text,
        signature bytea,
        sealed_at timestamptz,
        PRIMARY KEY (tenant_id, run_id),
        FOREIGN KEY (tenant_id, run_id) REFERENCES retention_run,
        CONSTRAINT sealed_is_whole CHECK (sealed_at IS NULL OR (manifest IS NOT NULL AND key_id IS NOT NULL AND signature IS NOT NULL))
      )`);
    this.addSql(`
      CREATE TABLE retention_archive_part (
        tenant_id text NOT NULL,
        run_id text NOT NULL,
        number integer NOT NULL,
        name text NOT NULL,
        seqs int8multirange NOT NULL,
        last_seq bigint NOT NULL,
        entries bigint NOT NULL,
        bytes bigint NOT NULL,
        sha256 text NOT NULL,
        PRIMARY KEY (tenant_id, run_id, number),
        FOREIGN KEY (tenant_id, run_id) REFERENCES retention_archive
      )`);
    this.addSql(`
      CREATE FUNCTION sealed_for_good() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        IF OLD.sealed_at IS NOT NULL THEN
          RAISE EXCEPTION 'a sealed archive stays as it is' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $body$`);
    this.addSql(`CREATE TRIGGER sealed_for_good BEFORE UPDATE OR DELETE ON retention_archive FOR EACH ROW EXECUTE FUNCTION sealed_for_good()`);
    // Parts of an archive that is not sealed may go: those whose files were lost are written again.
    this.addSql(`
      CREATE FUNCTION part_of_open_archive() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
      DECLARE
        part retention_archive_part := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
      BEGIN
        IF TG_OP = 'UPDATE' OR NOT EXISTS (SELECT FROM retention_archive a WHERE a.tenant_id = part.tenant_id AND a.run_id = part.run_id AND a.sealed_at IS NULL) THEN
          RAISE EXCEPTION 'a sealed archive stays as it is' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN part;
      END $body$`);
    this.addSql(`CREATE TRIGGER added_while_open BEFORE INSERT ON retention_archive_part FOR EACH ROW EXECUTE FUNCTION part_of_open_archive()`);
    this.addSql(`CREATE TRIGGER part_of_open_archive BEFORE UPDATE OR DELETE ON retention_archive_part FOR EACH ROW EXECUTE FUNCTION part_of_open_archive()`);
    this.guard('retention_archive', 'sealed_for_good');
    this.guard('retention_archive_part', 'part_of_open_archive');
  }

  private keepQuarantine(): void {
    this.addSql(`
      CREATE TABLE quarantine_part (
        tenant_id text NOT NULL,
        run_id text NOT NULL,
        number integer NOT NULL,
        seqs int8multirange NOT NULL,
        shown_at timestamptz,
        PRIMARY KEY (tenant_id, run_id, number),
        FOREIGN KEY (tenant_id, run_id) REFERENCES retention_run
      )`);
    // Every ordinary read asks for these; where nothing is hidden the index is empty.
    this.addSql(`CREATE INDEX quarantine_in_force ON quarantine_part (tenant_id) WHERE shown_at IS NULL`);
    this.addSql(`CREATE TABLE quarantine_end (tenant_id text PRIMARY KEY, ends bigint NOT NULL)`);
    this.addSql(`
      CREATE FUNCTION hidden_by_a_run() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $body$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          IF NEW.shown_at IS NULL AND EXISTS (SELECT FROM retention_run r WHERE r.tenant_id = NEW.tenant_id AND r.id = NEW.run_id
               AND r.action = 'quarantine' AND r.state = 'running' AND r.quarantined_at IS NULL) THEN
            RETURN NEW;
          END IF;
          RAISE EXCEPTION 'entries are hidden by a run of a quarantine that is under way' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.shown_at IS NULL AND NEW.shown_at IS NOT NULL
           AND (NEW.tenant_id, NEW.run_id, NEW.number, NEW.seqs) = (OLD.tenant_id, OLD.run_id, OLD.number, OLD.seqs)
           AND EXISTS (SELECT FROM retention_run r WHERE r.tenant_id = OLD.tenant_id AND r.id = OLD.run_id
             AND (r.decision = 'restored' OR r.state IN ('completed', 'failed', 'cancelled'))) THEN
          RETURN NEW;
        END IF;
        RAISE EXCEPTION 'what a run has hidden is shown again by its end' USING ERRCODE = 'insufficient_privilege';
      END $body$`);
    this.addSql(`CREATE TRIGGER hidden_by_a_run BEFORE INSERT ON quarantine_part FOR EACH ROW EXECUTE FUNCTION hidden_by_a_run()`);
    this.addSql(`CREATE TRIGGER shown_by_its_end BEFORE UPDATE OR DELETE ON quarantine_part FOR EACH ROW EXECUTE FUNCTION hidden_by_a_run()`);
    this.guard('quarantine_part', 'shown_by_its_end');
    this.secure('quarantine_end');
    // Whoever had read everything had not read what was hidden then.
    this.addSql(`ALTER TABLE ack_watermark ADD COLUMN quarantine_ends bigint NOT NULL DEFAULT 0`);
  }

  /** As before, and moreover: an archive is sealed, a quarantine confirmed by a second person. */
  private removeOnlyWhatMayGo(): void {
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
        PERFORM set_config('holdfast.prune_checked', of_tenant, true);
        RETURN NULL;
      END $body$`);
  }

  private guard(table: string, trigger: string): void {
    this.addSql(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${trigger}`);
    this.addSql(`CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER never_truncated`);
    this.secure(table);
  }

  private secure(table: string): void {
    this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
    this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
    this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
  }
}
