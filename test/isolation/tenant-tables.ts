// Every table that belongs to tenants, as the database lists them, and a row of each for a tenant: a new table cannot be forgotten.
import type pg from 'pg';

export interface TenantTable {
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

/** Ordinary and partitioned tables; their partitions are listed apart. */
export async function tenantTables(owner: pg.Client): Promise<TenantTable[]> {
  const { rows } = await owner.query<{ table_name: string; column_name: string; data_type: string; required: boolean }>(`
    SELECT c.table_name, c.column_name, c.data_type, c.is_nullable = 'NO' AND c.column_default IS NULL AS required
    FROM information_schema.columns c
      JOIN pg_class r ON r.relname = c.table_name AND r.relnamespace = 'public'::regnamespace AND r.relkind IN ('r', 'p') AND NOT r.relispartition
    WHERE c.table_schema = 'public'
      AND EXISTS (SELECT FROM information_schema.columns t WHERE t.table_schema = 'public' AND t.table_name = c.table_name AND t.column_name = 'tenant_id')
    ORDER BY c.table_name, c.ordinal_position`);
  const byTable = Map.groupBy(rows, ({ table_name }) => table_name);
  return [...byTable].map(([name, columns]) => ({
    name,
    columns: columns.map(({ column_name, data_type, required }) => ({ name: column_name, type: data_type, required })),
  }));
}

export async function partitions(owner: pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relispartition AND relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  return rows.map(({ name }) => name);
}

/** As a superuser with foreign keys and ordinary triggers off: rows that would need each other need not come in order. */
export async function fillTables(owner: pg.Client, tables: readonly TenantTable[], tenantIds: readonly string[]): Promise<void> {
  await owner.query('SET session_replication_role = replica');
  for (const tenantId of tenantIds) {
    for (const table of tables) {
      const columns = table.columns.filter(({ name, required }) => required || name === 'tenant_id');
      const values = columns.map((column) => (column.name === 'tenant_id' ? tenantId : valueFor(table.name, column)));
      await owner.query(
        `INSERT INTO ${table.name} (${columns.map(({ name }) => name).join(', ')}) VALUES (${columns.map((_, index) => `$${String(index + 1)}`).join(', ')})`,
        values,
      );
    }
  }
  await owner.query('SET session_replication_role = DEFAULT');
}

/** Where a column takes only certain words. A new one that is missing here fails the insert by name. */
const words: Readonly<Record<string, string>> = {
  'dir_user.status': 'active',
  'log_floor.kind': 'share',
  'profile.type': 'share',
  'profile_member.member_type': 'user',
  'profile_member.role': 'owner',
  'sync_device.status': 'active',
  'sync_preference.mode': 'full',
  'job.state': 'queued',
  'ack_watermark.kind': 'self',
  'ack_watermark.role': 'self',
  'legal_hold_item.scope_type': 'share',
  'retention_policy.counts_from': 'creation',
  'retention_policy.action': 'delete',
  'retention_policy.scope_type': 'tenant',
  'retention_policy.approval': 'none',
  'retention_policy.mode': 'governance',
  'retention_run.state': 'completed',
  'log_view.view': 'audit',
  'retention_kept.reason': 'hold',
  'audit_export.state': 'completed',
  'audit_export.format': 'csv',
  'audit_report.format': 'csv',
  'identity_newest.kind': 'user',
  'event_summary.state': 'failed',
};

function valueFor(table: string, { name, type }: TableColumn): unknown {
  const word = words[`${table}.${name}`];
  if (word !== undefined) return word;
  switch (type) {
    case 'text':
      return 'x';
    case 'bigint':
    case 'integer':
      return 1;
    case 'boolean':
      return false;
    case 'timestamp with time zone':
      return new Date();
    case 'date':
      return '2026-01-01';
    case 'bytea':
      return Buffer.alloc(32);
    case 'json':
    case 'jsonb':
      return '{}';
    case 'bit':
      return '0'.repeat(4_096);
    case 'int8multirange':
      return '{}';
    case 'ARRAY':
      return [];
    default:
      throw new Error(`the isolation tests know no value of the type ${type}, which ${table}.${name} has`);
  }
}
