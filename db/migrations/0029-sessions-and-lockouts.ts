// Whether a session was used yet; and of a pair of the lockout, when an attempt on it was opened last, so that the counting workflow can be told of it.
import { Migration } from '@mikro-orm/migrations';

export class Migration0029SessionsAndLockouts extends Migration {
  override up(): void {
    // The end that a sign-in told of counts until then.
    this.addSql(`ALTER TABLE session ADD COLUMN used boolean NOT NULL DEFAULT false`);

    this.addSql(`ALTER TABLE lockout_pair ADD COLUMN opened_at timestamptz, ADD COLUMN signalled_opened_at timestamptz NOT NULL DEFAULT '-infinity'`);
    // Attempts that are open raise no version. An attempt that alone could become the pair's first failure is told to nobody.
    this.addSql(`CREATE INDEX lockout_pair_open ON lockout_pair (opened_at) WHERE opened_at > signalled_opened_at AND (failures > 0 OR signalled_version > 0)`);
    this.addSql(`
      CREATE OR REPLACE FUNCTION claim_lockout_signals(per_second integer) RETURNS TABLE (tenant_id text, id text)
      LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
      DECLARE
        available integer;
        claimed integer;
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
        GET DIAGNOSTICS claimed = ROW_COUNT;
        taken := claimed;
        -- Most attempts are reported at once: only those that take longer are told of, with what is left of the second.
        IF claimed < available THEN
          RETURN QUERY
            UPDATE lockout_pair p SET signalling_until = clock_timestamp() + interval '15 seconds'
            FROM (
              SELECT u.tenant_id, u.id FROM lockout_pair u
              WHERE u.opened_at > u.signalled_opened_at AND (u.failures > 0 OR u.signalled_version > 0)
                AND u.opened_at < clock_timestamp() - interval '10 seconds' AND u.signalling_until < clock_timestamp()
              ORDER BY u.opened_at LIMIT available - claimed FOR UPDATE SKIP LOCKED
            ) AS due
            WHERE p.tenant_id = due.tenant_id AND p.id = due.id
            RETURNING p.tenant_id, p.id;
          GET DIAGNOSTICS claimed = ROW_COUNT;
          taken := taken + claimed;
        END IF;
        UPDATE lockout_signal_budget b SET tokens = b.tokens - taken;
      END $body$`);
  }
}
