// What API processes tell each other: where a device connected last, and that somebody came or went.
import { Migration } from '@mikro-orm/migrations';

export class Migration0021AcrossProcesses extends Migration {
  override up(): void {
    // Grows with each difference a process tells: who is where is read anew only then.
    this.addSql(`ALTER TABLE presence_process ADD COLUMN told bigint NOT NULL DEFAULT 0`);
    // Lost by a crash of the database, as the connections are that it is about.
    this.addSql(`
      CREATE UNLOGGED TABLE device_claim (
        tenant_id text NOT NULL,
        user_id text NOT NULL,
        device_id text NOT NULL,
        process_id text NOT NULL,
        claimed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, user_id, device_id)
      )`);
    this.addSql(`CREATE INDEX device_claim_newest ON device_claim (tenant_id, claimed_at)`);
    this.addSql(`ALTER TABLE device_claim ENABLE ROW LEVEL SECURITY`);
    this.addSql(`ALTER TABLE device_claim FORCE ROW LEVEL SECURITY`);
    this.addSql(`CREATE POLICY own_tenant ON device_claim USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
  }
}
