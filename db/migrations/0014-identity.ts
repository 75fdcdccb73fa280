// What the identity provider has delivered: events taken, the newest event of each user and group, members that are awaited.
import { Migration } from '@mikro-orm/migrations';

export class Migration0014Identity extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE identity_event (
        tenant_id text NOT NULL REFERENCES tenant,
        event_id text NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, event_id)
      )`);
    this.addSql(`CREATE INDEX identity_event_age ON identity_event (tenant_id, received_at)`);
    this.addSql(`
      CREATE TABLE identity_newest (
        tenant_id text NOT NULL REFERENCES tenant,
        kind text NOT NULL CHECK (kind IN ('user', 'group')),
        id text NOT NULL,
        at_micros bigint NOT NULL,
        closed boolean NOT NULL,
        PRIMARY KEY (tenant_id, kind, id)
      )`);
    this.addSql(`
      CREATE TABLE identity_awaited (
        tenant_id text NOT NULL REFERENCES tenant,
        group_id text NOT NULL,
        user_id text NOT NULL,
        PRIMARY KEY (tenant_id, group_id, user_id)
      )`);
    this.addSql(`CREATE INDEX identity_awaited_user ON identity_awaited (tenant_id, user_id)`);
    for (const table of ['identity_event', 'identity_newest', 'identity_awaited']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
  }
}
