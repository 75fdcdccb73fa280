// Devices that were moved to the beginning: up to where they took the log as it was then.
import { Migration } from '@mikro-orm/migrations';

export class Migration0022SyncPlace extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE sync_cursor ADD COLUMN accepted_floor bigint NOT NULL DEFAULT 0`);
  }
}
