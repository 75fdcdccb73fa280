// The directory: users, groups, profiles and who is a member of what; and the one statement of who may read which share.
import { Migration } from '@mikro-orm/migrations';

export class Migration0002Directory extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE dir_user (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        email text NOT NULL,
        name text NOT NULL,
        status text NOT NULL CHECK (status IN ('active', 'suspended', 'deactivated', 'closed')),
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
      )`);
    this.addSql(`
      CREATE TABLE dir_group (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        name text NOT NULL,
        closed boolean NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
      )`);
    this.addSql(`
      CREATE TABLE dir_group_member (
        tenant_id text NOT NULL,
        group_id text NOT NULL,
        user_id text NOT NULL,
        PRIMARY KEY (tenant_id, group_id, user_id),
        FOREIGN KEY (tenant_id, group_id) REFERENCES dir_group
      )`);
    this.addSql(`CREATE INDEX dir_group_member_user ON dir_group_member (tenant_id, user_id)`);
    this.addSql(`
      CREATE TABLE profile (
        tenant_id text NOT NULL REFERENCES tenant,
        id text NOT NULL,
        type text NOT NULL CHECK (type IN ('org', 'workspace', 'share')),
        name text NOT NULL,
        parent_id text,
        multiplayer boolean NOT NULL,
        closed boolean NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, parent_id) REFERENCES profile
      )`);
    this.addSql(`CREATE INDEX profile_parent ON profile (tenant_id, parent_id)`);
    this.addSql(`
      CREATE TABLE profile_member (
        tenant_id text NOT NULL,
        profile_id text NOT NULL,
        member_id text NOT NULL,
        member_type text NOT NULL CHECK (member_type IN ('user', 'group')),
        role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
        PRIMARY KEY (tenant_id, profile_id, member_id),
        FOREIGN KEY (tenant_id, profile_id) REFERENCES profile
      )`);
    this.addSql(`CREATE INDEX profile_member_member ON profile_member (tenant_id, member_id)`);

    for (const table of ['dir_user', 'dir_group', 'dir_group_member', 'profile', 'profile_member']) {
      this.addSql(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      this.addSql(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      this.addSql(`CREATE POLICY own_tenant ON ${table} USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`);
    }
  }
}
