// What the /api dialect looks through (entries of our own actions, external authorization decisions), and the settings of tenants.
import { Migration } from '@mikro-orm/migrations';

export class Migration0009OwnAction extends Migration {
  override up(): void {
    this.addSql(`CREATE INDEX entry_own_actions ON entry (tenant_id, event_time, seq) WHERE own_action IS NOT NULL`);
    this.addSql(`CREATE INDEX entry_decisions ON entry (tenant_id, event_time, seq) WHERE decision IS NOT NULL`);
    this.addSql(`
      CREATE TABLE tenant_settings (
        tenant_id text PRIMARY KEY REFERENCES tenant,
        settings jsonb NOT NULL DEFAULT '{}',
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    this.addSql(`ALTER TABLE tenant_settings ENABLE ROW LEVEL SECURITY`);
    this.addSql(`ALTER TABLE tenant_settings FORCE ROW LEVEL SECURITY`);
    this.addSql(`CREATE POLICY own_tenant ON tenant_settings USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
  }
}
