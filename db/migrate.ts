// Brings a database to the shape this release needs: migrations, roles, partitions, and a new epoch when the database was restored.
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { migrations } from './migrations/all.ts';
import { grantApplicationRole, grantPrunerRole } from './roles/grant.ts';
import type { LoginRole } from './roles/grant.ts';
import { giveSearchItsRole } from './roles/search-role.ts';
import { newEpoch } from './tenant/epoch.ts';

export interface MigrateInput {
  /** The owner of the tables; used here and nowhere else. */
  readonly ownerUrl: string;
  readonly appRole: LoginRole;
  /** Without it nobody can remove entries. */
  readonly prunerRole?: LoginRole;
}

export interface MigrateResult {
  readonly applied: readonly string[];
  readonly epochsChanged: boolean;
  /** False where the owner may not make the role that free text search needs: it then works without its index. */
  readonly textIndexUsed: boolean;
}

/** Months that have a partition before anybody asks: this one and so many after it. */
export const partitionsAheadMonths = 3;
const migrationLock = 7_220_114;

export async function migrate({ ownerUrl, appRole, prunerRole }: MigrateInput): Promise<MigrateResult> {
  const owner = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  await owner.connect();
  try {
    // Two processes that start at once must not migrate at once.
    await owner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const applied = await runMigrations(ownerUrl);
    const textIndexUsed = await giveSearchItsRole(owner);
    await grantApplicationRole(owner, appRole);
    if (prunerRole !== undefined) await grantPrunerRole(owner, prunerRole);
    await makePartitions(owner);
    return { applied, epochsChanged: await compareInstallation(owner), textIndexUsed };
  } finally {
    await owner.end();
  }
}

async function runMigrations(ownerUrl: string): Promise<string[]> {
  const orm = await MikroORM.init({
    clientUrl: ownerUrl,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { tableName: 'schema_migration', migrationsList: migrations, snapshot: false, silent: true },
  });
  try {
    return (await orm.migrator.up()).map(({ name }) => name);
  } finally {
    await orm.close();
  }
}

async function makePartitions(owner: pg.Client): Promise<void> {
  await owner.query(
    `SELECT ensure_entry_partition((date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n))::date)
     FROM generate_series(0, $1::int) AS n`,
    [partitionsAheadMonths],
  );
}

/** A restored backup or a promoted replica may lack entries that readers have seen: their cursors must not fit any more. */
async function compareInstallation(owner: pg.Client): Promise<boolean> {
  const { rows } = await owner.query<{ changed: boolean }>(`
    WITH now_is AS (
      SELECT s.system_identifier::text AS system_identifier, c.timeline_id AS timeline FROM pg_control_system() s, pg_control_checkpoint() c
    ), before AS (SELECT * FROM installation), written AS (
      INSERT INTO installation (system_identifier, timeline) SELECT system_identifier, timeline FROM now_is
      ON CONFLICT (only_row) DO UPDATE SET system_identifier = excluded.system_identifier, timeline = excluded.timeline
    )
    SELECT (b.system_identifier, b.timeline) IS DISTINCT FROM (n.system_identifier, n.timeline) AS changed FROM before b, now_is n`);
  if (rows[0]?.changed !== true) return false;
  await owner.query('UPDATE tenant_log SET epoch = $1', [newEpoch()]);
  return true;
}
