// What the server remembers of sync clients: their devices, where each stands in each share, and what it wants to mirror.
import { Migration } from '@mikro-orm/migrations';

export class Migration0003Sync extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE sync_device (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        user_id text NOT NULL,
        device_name text NOT NULL,
        platform text NOT NULL,
        client_version text NOT NULL,
        status text NOT NULL CHECK (status IN ('active', 'closed')),
        created_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
      )`);
    this.addSql(`CREATE INDEX sync_device_user ON sync_device (tenant_id, user_id)`);
    this.addSql(`
      CREATE TABLE sync_cursor (
        tenant_id text NOT NULL,
        device_id text NOT NULL,
        share_id text NOT NULL,
        epoch text NOT NULL,
        seq bigint NOT NULL,
        last_sync_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, device_id, share_id),
        FOREIGN KEY (tenant_id, device_id) REFERENCES sync_device
      )`);
    this.addSql(`
      CREATE TABLE sync_preference (
        tenant_id text NOT NULL,
        device_id text NOT NULL,
        share_id text NOT NULL,
        mode text NOT NULL CHECK (mode IN ('full', 'selective', 'paused')),
        include_paths jsonb NOT NULL,
        exclude_paths jsonb NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, device_id, share_id),
        FOREIGN KEY (tenant_id, device_id) REFERENCES sync_device
      )`);
    for (const table of ['sync_device', 'sync_cursor', 'sync_preference']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
  }
}
