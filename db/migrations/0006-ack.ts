// Reading as one of many: the indexes of the feed, what each reader has acknowledged, and up to where they have read everything.
import { Migration } from '@mikro-orm/migrations';

export class Migration0006Ack extends Migration {
  override up(): void {
    // Newest first around one profile, one person or one event above.
    for (const column of ['share_id', 'workspace_id', 'org_id', 'target_user_id', 'parent_event_id']) {
      this.addSql(`CREATE INDEX entry_feed_${column} ON entry (tenant_id, ${column}, event_time DESC, seq DESC) WHERE ${column} IS NOT NULL`);
    }
    // What came after a place of the log, of one profile or one person. The one by share serves the change log too.
    for (const column of ['share_id', 'workspace_id', 'org_id', 'user_id', 'target_user_id']) {
      this.addSql(`CREATE INDEX entry_after_${column} ON entry (tenant_id, ${column}, seq) WHERE ${column} IS NOT NULL`);
    }
    this.addSql(`DROP INDEX entry_share_changes`);

    this.addSql(`
      CREATE TABLE ack_reader (
        tenant_id text NOT NULL REFERENCES tenant,
        user_id text NOT NULL,
        withdrawals bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant_id, user_id)
      )`);
    this.addSql(`
      CREATE TABLE ack_block (
        tenant_id text NOT NULL REFERENCES tenant,
        user_id text NOT NULL,
        block bigint NOT NULL,
        bits bit(4096) NOT NULL,
        PRIMARY KEY (tenant_id, user_id, block)
      )`);
    this.addSql(`
      CREATE TABLE ack_watermark (
        tenant_id text NOT NULL,
        user_id text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('self', 'everything', 'org', 'workspace', 'share')),
        profile_id text NOT NULL,
        role text NOT NULL CHECK (role IN ('self', 'member', 'admin')),
        seq bigint NOT NULL,
        PRIMARY KEY (tenant_id, user_id, kind, profile_id, role)
      )`);
    for (const table of ['ack_reader', 'ack_block', 'ack_watermark']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
  }
}
