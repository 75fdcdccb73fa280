// Legal holds: the gate, holds and their items, who came under a hold by a group, and what of pruned entries holds must remember.
import { Migration } from '@mikro-orm/migrations';

export class Migration0012LegalHold extends Migration {
  override up(): void {
    this.addSql(`CREATE TABLE hold_gate (tenant_id text PRIMARY KEY REFERENCES tenant)`);
    this.addSql(`
      CREATE TABLE legal_hold (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        name text NOT NULL,
        description text,
        matter_id text,
        custodian_ids text[] NOT NULL,
        legal_counsel text,
        expiration_date timestamptz,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        effective_seq bigint,
        protected_count bigint,
        reminded_for timestamptz,
        released_by text,
        released_at timestamptz,
        release_reason text,
        PRIMARY KEY (tenant_id, id),
        CHECK ((released_by IS NULL) = (released_at IS NULL)),
        CONSTRAINT second_person CHECK (released_by <> created_by)
      )`);
    this.addSql(`CREATE INDEX legal_hold_matter ON legal_hold (tenant_id, matter_id, id) WHERE matter_id IS NOT NULL`);
    this.addSql(`
      CREATE TABLE legal_hold_item (
        tenant_id text NOT NULL,
        id text NOT NULL,
        hold_id text NOT NULL,
        scope_type text NOT NULL CHECK (scope_type IN ('user', 'group', 'share', 'folder', 'resource', 'query')),
        scope_ids text[] NOT NULL,
        filter jsonb,
        selection jsonb,
        include_pattern text,
        exclude_pattern text,
        placed_by text NOT NULL,
        placed_at timestamptz NOT NULL,
        effective_seq bigint NOT NULL,
        protected_count bigint,
        released_by text,
        released_at timestamptz,
        release_reason text,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, hold_id) REFERENCES legal_hold,
        CHECK ((released_by IS NULL) = (released_at IS NULL)),
        CONSTRAINT second_person CHECK (released_by <> placed_by)
      )`);
    this.addSql(`CREATE INDEX legal_hold_item_hold ON legal_hold_item (tenant_id, hold_id, id)`);
    this.addSql(`CREATE INDEX legal_hold_item_in_force ON legal_hold_item (tenant_id, id) WHERE released_at IS NULL`);
    this.addSql(`
      CREATE TABLE legal_hold_user (
        tenant_id text NOT NULL,
        item_id text NOT NULL,
        user_id text NOT NULL,
        held_since timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, item_id, user_id),
        FOREIGN KEY (tenant_id, item_id) REFERENCES legal_hold_item
      )`);
    this.addSql(`
      CREATE TABLE held_resource (
        tenant_id text NOT NULL,
        user_id text NOT NULL,
        resource_id text NOT NULL,
        PRIMARY KEY (tenant_id, user_id, resource_id)
      )`);
    this.addSql(`CREATE INDEX held_resource_resource ON held_resource (tenant_id, resource_id)`);
    this.addSql(`CREATE INDEX entry_created_by ON entry (tenant_id, user_id, resource_id) WHERE change_type = 'created'`);
    this.addSql(`CREATE INDEX entry_resource ON entry (tenant_id, resource_id, seq) WHERE resource_id IS NOT NULL`);

    for (const table of ['hold_gate', 'legal_hold', 'legal_hold_item', 'legal_hold_user', 'held_resource']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }

    // Every tenant has its gate from its first moment: a lock on a row that is not there would keep nobody out.
    this.addSql(`CREATE POLICY owner_makes_gates ON hold_gate TO CURRENT_USER USING (true)`);
    this.addSql(`
      CREATE FUNCTION make_hold_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
      BEGIN
        INSERT INTO hold_gate (tenant_id) VALUES (NEW.tenant_id) ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $body$`);
    this.addSql(`CREATE TRIGGER with_hold_gate AFTER INSERT ON tenant FOR EACH ROW EXECUTE FUNCTION make_hold_gate()`);
    this.addSql(`INSERT INTO hold_gate (tenant_id) SELECT tenant_id FROM tenant`);

    this.addSql(`
      CREATE FUNCTION hold_stays_as_placed() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          RAISE EXCEPTION 'a hold is released, never deleted' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF OLD.released_at IS NOT NULL AND (NEW.released_at, NEW.released_by, NEW.release_reason) IS DISTINCT FROM (OLD.released_at, OLD.released_by, OLD.release_reason) THEN
          RAISE EXCEPTION 'what was released stays released' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF to_jsonb(NEW) - TG_ARGV[0]::text[] IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV[0]::text[] THEN
          RAISE EXCEPTION 'what a hold selects, and who placed it, cannot be changed' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
      END $body$`);
    this.addSql(`CREATE TRIGGER stays_as_placed BEFORE UPDATE OR DELETE ON legal_hold FOR EACH ROW EXECUTE FUNCTION hold_stays_as_placed(
      '{name,description,matter_id,custodian_ids,legal_counsel,expiration_date,updated_at,effective_seq,protected_count,reminded_for,released_by,released_at,release_reason}')`);
    this.addSql(`CREATE TRIGGER stays_as_placed BEFORE UPDATE OR DELETE ON legal_hold_item FOR EACH ROW EXECUTE FUNCTION hold_stays_as_placed(
      '{protected_count,released_by,released_at,release_reason}')`);
    for (const table of ['legal_hold', 'legal_hold_item']) this.addSql(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER stays_as_placed`);
  }
}
