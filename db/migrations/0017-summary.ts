// Texts of summaries: asked for, answered or failed, each until its time is over.
import { Migration } from '@mikro-orm/migrations';

export class Migration0017Summary extends Migration {
  override up(): void {
    // What the entries tell is kept only while it is needed for asking.
    this.addSql(`
      CREATE TABLE event_summary (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        state text NOT NULL CHECK (state IN ('asked', 'answered', 'failed')),
        input jsonb,
        text text,
        problems text[] NOT NULL DEFAULT '{}',
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id),
        CHECK ((state = 'asked') = (input IS NOT NULL)),
        CHECK ((state = 'answered') = (text IS NOT NULL))
      )`);
    this.addSql(`CREATE INDEX event_summary_asked ON event_summary (tenant_id) WHERE state = 'asked'`);
    this.addSql(`CREATE INDEX event_summary_expires ON event_summary (expires_at)`);
    this.addSql(`ALTER TABLE event_summary ENABLE ROW LEVEL SECURITY`);
    this.addSql(`ALTER TABLE event_summary FORCE ROW LEVEL SECURITY`);
    this.addSql(`CREATE POLICY own_tenant ON event_summary USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    this.addSql(`CREATE POLICY owner_looks_through ON event_summary TO CURRENT_USER USING (true)`);
    this.addSql(`
      CREATE FUNCTION clear_expired_summaries(at_most integer) RETURNS integer
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        WITH expired AS (
          SELECT s.tenant_id, s.id FROM event_summary s WHERE s.expires_at <= now() ORDER BY s.expires_at LIMIT least(at_most, 10000) FOR UPDATE SKIP LOCKED
        ), cleared AS (
          DELETE FROM event_summary s USING expired WHERE s.tenant_id = expired.tenant_id AND s.id = expired.id RETURNING 1
        )
        SELECT count(*)::integer FROM cleared
      $body$`);
  }
}
