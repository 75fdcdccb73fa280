// What live doors keep: tickets that open one door once, who is in which room, and which wish for a full sync a device has heard.
import { Migration } from '@mikro-orm/migrations';

export class Migration0011Live extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE live_ticket (
        tenant_id text NOT NULL REFERENCES tenant,
        ticket_hash bytea NOT NULL,
        principal jsonb NOT NULL,
        profile_id text,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, ticket_hash)
      )`);
    this.addSql(`CREATE INDEX live_ticket_expiry ON live_ticket (tenant_id, expires_at)`);
    // Lost by a crash of the database, and told anew by the processes within a moment.
    this.addSql(`
      CREATE UNLOGGED TABLE presence_process (
        tenant_id text NOT NULL,
        process_id text NOT NULL,
        alive_until timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, process_id)
      )`);
    this.addSql(`
      CREATE UNLOGGED TABLE presence (
        tenant_id text NOT NULL,
        room text NOT NULL,
        user_id text NOT NULL,
        process_id text NOT NULL,
        PRIMARY KEY (tenant_id, room, user_id, process_id)
      )`);
    this.addSql(`CREATE INDEX presence_of_process ON presence (tenant_id, process_id)`);
    this.addSql(`
      CREATE TABLE sync_force_seen (
        tenant_id text NOT NULL,
        device_id text NOT NULL,
        seq bigint NOT NULL,
        PRIMARY KEY (tenant_id, device_id),
        FOREIGN KEY (tenant_id, device_id) REFERENCES sync_device
      )`);
    this.addSql(`CREATE INDEX entry_force_sync ON entry (tenant_id, seq) WHERE own_action = 'force_sync'`);
    this.addSql(`CREATE INDEX entry_said_of_resource ON entry (tenant_id, resource_id, seq) WHERE change_metadata IS NOT NULL`);

    for (const table of ['live_ticket', 'presence_process', 'presence', 'sync_force_seen']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
  }
}
