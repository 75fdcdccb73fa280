// Durable work as rows that workflows follow, and the signed evidence about a log.
import { Migration } from '@mikro-orm/migrations';

export class Migration0004JobsAndEvidence extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE job (
        tenant_id text NOT NULL,
        id text NOT NULL,
        kind text NOT NULL,
        state text NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
        requested_by text NOT NULL,
        scheduled_for timestamptz,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        result jsonb,
        error text,
        lost_runs integer NOT NULL DEFAULT 0,
        last_lost_run text,
        PRIMARY KEY (tenant_id, id)
      )`);
    this.addSql(`CREATE UNIQUE INDEX job_scheduled_once ON job (tenant_id, kind, scheduled_for) WHERE scheduled_for IS NOT NULL`);
    this.addSql(`CREATE INDEX job_open ON job (tenant_id, id) WHERE state IN ('queued', 'running')`);
    this.addSql(`
      CREATE TABLE job_schedule (
        tenant_id text NOT NULL,
        kind text NOT NULL,
        cron text NOT NULL,
        paused boolean NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, kind)
      )`);
    this.addSql(`
      CREATE TABLE checkpoint (
        tenant_id text NOT NULL,
        number bigint NOT NULL,
        epoch text NOT NULL,
        head_seq bigint NOT NULL,
        body text NOT NULL,
        key_id text NOT NULL,
        signature bytea NOT NULL,
        signed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, number)
      )`);
    this.addSql(`
      CREATE TABLE chain_segment (
        tenant_id text NOT NULL,
        number bigint NOT NULL,
        first_seq bigint NOT NULL,
        last_seq bigint NOT NULL,
        root bytea NOT NULL,
        PRIMARY KEY (tenant_id, number)
      )`);
    this.addSql(`
      CREATE TABLE evidence_key (
        key_id text PRIMARY KEY,
        algorithm text NOT NULL,
        public_key text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    for (const table of ['checkpoint', 'chain_segment']) {
      this.addSql(`CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
      this.addSql(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only`);
      this.addSql(`CREATE TRIGGER never_truncated BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()`);
      this.addSql(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER never_truncated`);
    }
    for (const table of ['job', 'job_schedule', 'checkpoint', 'chain_segment']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }

    // The worker follows the rows of all tenants: it is told their keys here, and reads each row as its tenant.
    this.addSql(`CREATE POLICY owner_follows_jobs ON job FOR SELECT TO CURRENT_USER USING (true)`);
    this.addSql(`CREATE POLICY owner_follows_schedules ON job_schedule FOR SELECT TO CURRENT_USER USING (true)`);
    this.addSql(`
      CREATE FUNCTION open_jobs(after_tenant text, after_id text, at_most integer) RETURNS TABLE (tenant_id text, id text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        SELECT j.tenant_id, j.id FROM job j
        WHERE j.state IN ('queued', 'running') AND (j.tenant_id, j.id) > (after_tenant, after_id)
        ORDER BY j.tenant_id, j.id LIMIT least(at_most, 1000)
      $body$`);
    this.addSql(`
      CREATE FUNCTION job_schedules_after(after_tenant text, after_kind text, at_most integer)
      RETURNS TABLE (tenant_id text, kind text, cron text, paused boolean)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        SELECT s.tenant_id, s.kind, s.cron, s.paused FROM job_schedule s
        WHERE (s.tenant_id, s.kind) > (after_tenant, after_kind)
        ORDER BY s.tenant_id, s.kind LIMIT least(at_most, 1000)
      $body$`);
    this.addSql(`
      CREATE FUNCTION tenants_lacking_schedule(wanted_kind text, at_most integer) RETURNS SETOF text
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        SELECT t.tenant_id FROM tenant t
        WHERE NOT EXISTS (SELECT FROM job_schedule s WHERE s.tenant_id = t.tenant_id AND s.kind = wanted_kind)
        ORDER BY t.tenant_id LIMIT least(at_most, 1000)
      $body$`);
  }
}
