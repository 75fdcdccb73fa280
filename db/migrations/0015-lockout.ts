// Attempts to sign in, counted by account and address; the accounts that are tried from many addresses; what the counting workflows are still to be told.
import { Migration } from '@mikro-orm/migrations';

export class Migration0015Lockout extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE lockout_pair (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        account text NOT NULL,
        address text NOT NULL,
        version bigint NOT NULL DEFAULT 0,
        signalled_version bigint NOT NULL DEFAULT 0,
        signalling_until timestamptz NOT NULL DEFAULT '-infinity',
        state jsonb NOT NULL,
        recent jsonb NOT NULL DEFAULT '[]',
        failures integer NOT NULL DEFAULT 0,
        last_failure_at timestamptz NOT NULL DEFAULT '-infinity',
        locked_at timestamptz,
        locked_until timestamptz,
        attempts integer,
        due_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
      ) WITH (fillfactor = 70)`);
    this.addSql(`CREATE INDEX lockout_pair_account ON lockout_pair (tenant_id, account, last_failure_at)`);
    this.addSql(`CREATE INDEX lockout_pair_due ON lockout_pair (due_at)`);
    this.addSql(`CREATE INDEX lockout_pair_locked ON lockout_pair (tenant_id, id) WHERE locked_until IS NOT NULL`);
    // A pair's first failure is told to nobody.
    this.addSql(`CREATE INDEX lockout_pair_unsignalled ON lockout_pair (locked_until NULLS LAST, last_failure_at) WHERE version > signalled_version AND (failures > 1 OR signalled_version > 0 OR locked_until IS NOT NULL)`);
    this.addSql(`
      CREATE TABLE lockout_account (
        tenant_id text NOT NULL REFERENCES tenant,
        account text NOT NULL,
        raised_at timestamptz NOT NULL DEFAULT '-infinity',
        PRIMARY KEY (tenant_id, account)
      )`);
    for (const table of ['lockout_pair', 'lockout_account']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
    this.addSql(`CREATE POLICY owner_looks_through ON lockout_pair TO CURRENT_USER USING (true)`);

    // So many pairs a second are told of in the whole installation, however many processes do it.
    this.addSql(`
      CREATE TABLE lockout_signal_budget (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        tokens double precision NOT NULL DEFAULT 0,
        filled_at timestamptz NOT NULL DEFAULT now()
      )`);
    this.addSql(`INSERT INTO lockout_signal_budget DEFAULT VALUES`);
    this.addSql(`
      CREATE FUNCTION claim_lockout_signals(per_second integer) RETURNS TABLE (tenant_id text, id text)
      LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
      DECLARE
        available integer;
        taken integer;
      BEGIN
        UPDATE lockout_signal_budget b
          SET tokens = least(per_second, b.tokens + per_second * extract(epoch FROM clock_timestamp() - b.filled_at)), filled_at = clock_timestamp()
          RETURNING floor(b.tokens)::integer INTO available;
        IF available < 1 THEN RETURN; END IF;
        RETURN QUERY
          UPDATE lockout_pair p SET signalling_until = clock_timestamp() + interval '15 seconds'
          FROM (
            SELECT u.tenant_id, u.id FROM lockout_pair u
            WHERE u.version > u.signalled_version AND (u.failures > 1 OR u.signalled_version > 0 OR u.locked_until IS NOT NULL)
              AND u.signalling_until < clock_timestamp()
            ORDER BY u.locked_until NULLS LAST, u.last_failure_at LIMIT available FOR UPDATE SKIP LOCKED
          ) AS due
          WHERE p.tenant_id = due.tenant_id AND p.id = due.id
          RETURNING p.tenant_id, p.id;
        GET DIAGNOSTICS taken = ROW_COUNT;
        UPDATE lockout_signal_budget b SET tokens = b.tokens - taken;
      END $body$`);
    this.addSql(`
      CREATE FUNCTION lockouts_due(at_most integer) RETURNS TABLE (tenant_id text, id text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        SELECT p.tenant_id, p.id FROM lockout_pair p WHERE p.due_at < now() - interval '10 seconds' ORDER BY p.due_at LIMIT least(at_most, 1000)
      $body$`);
  }
}
