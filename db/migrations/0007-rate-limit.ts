// The windows that requests are counted in: of no lasting worth, so they are not logged and empty after a crash of the server.
import { Migration } from '@mikro-orm/migrations';

export class Migration0007RateLimit extends Migration {
  override up(): void {
    // The three columns and their order are those the limiter library writes to. Its key begins with the tenant (`tenant:limit:…`): the wall stands there.
    this.addSql(`
      CREATE UNLOGGED TABLE rate_window (
        key text PRIMARY KEY,
        points integer NOT NULL,
        expire bigint NOT NULL
      ) WITH (fillfactor = 50)`);
    this.addSql(`CREATE INDEX rate_window_ends ON rate_window (expire)`);
    this.addSql(`ALTER TABLE rate_window ENABLE ROW LEVEL SECURITY`);
    this.addSql(`ALTER TABLE rate_window FORCE ROW LEVEL SECURITY`);
    this.addSql(`CREATE POLICY own_tenant ON rate_window USING (split_part(key, ':', 1) = (SELECT current_setting('holdfast.tenant')))`);
    this.addSql(`CREATE POLICY owner_clears ON rate_window TO CURRENT_USER USING (true)`);
    this.addSql(`
      CREATE FUNCTION clear_rate_windows(ended_before bigint, at_most integer) RETURNS integer
      LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $body$
        WITH ended AS (
          SELECT w.key FROM rate_window w WHERE w.expire < ended_before ORDER BY w.expire LIMIT least(at_most, 10000) FOR UPDATE SKIP LOCKED
        ), cleared AS (
          DELETE FROM rate_window w USING ended e WHERE w.key = e.key RETURNING 1
        )
        SELECT count(*)::int FROM cleared
      $body$`);
  }
}
