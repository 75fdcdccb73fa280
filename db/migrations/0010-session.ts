// Sessions as they were seen, which of them are revoked, and from when on a user's older tokens count no more.
import { Migration } from '@mikro-orm/migrations';

export class Migration0010Session extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE session (
        tenant_id text NOT NULL,
        id text NOT NULL,
        user_id text NOT NULL,
        idp text,
        device_kind text,
        ip_address text,
        first_seen_at timestamptz NOT NULL,
        last_activity_at timestamptz NOT NULL,
        expires_at timestamptz,
        revoked_at timestamptz,
        PRIMARY KEY (tenant_id, id, user_id)
      )`);
    this.addSql(`CREATE INDEX session_of_user ON session (tenant_id, user_id, id)`);
    this.addSql(`CREATE INDEX session_ended ON session (tenant_id, expires_at) WHERE revoked_at IS NULL`);
    this.addSql(`
      CREATE TABLE session_bar (
        tenant_id text NOT NULL,
        user_id text NOT NULL,
        not_before timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, user_id)
      )`);
    for (const table of ['session', 'session_bar']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
  }
}
