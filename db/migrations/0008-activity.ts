// The newest stamp of every activity field, folded out of the log for those who come back after more than memory holds.
import { Migration } from '@mikro-orm/migrations';

export class Migration0008Activity extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE activity_stamp (
        tenant_id text NOT NULL,
        subject text NOT NULL,
        key text NOT NULL,
        is_bare boolean NOT NULL,
        seq bigint NOT NULL,
        stamped_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, subject, key)
      ) WITH (fillfactor = 70)`);
    this.addSql(`CREATE INDEX activity_stamp_newest ON activity_stamp (tenant_id, subject, is_bare, stamped_at DESC)`);
    // Up to which entry the log is folded, and which floor was seen then: a stamp goes with its entry.
    this.addSql(`
      CREATE TABLE activity_position (
        tenant_id text PRIMARY KEY REFERENCES tenant,
        seq bigint NOT NULL,
        floor_seq bigint NOT NULL
      )`);
    for (const table of ['activity_stamp', 'activity_position']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
  }
}
