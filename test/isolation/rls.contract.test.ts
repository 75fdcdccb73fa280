// Guards that no tenant sees another: the database itself keeps them apart, whatever our statements forget.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { applicationFunctions, applicationTables } from '../../db/roles/privileges.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { testServers } from '../harness/published-servers.ts';
import { findLeaks } from './find-leaks.ts';
import { fillTables, partitions, tenantTables } from './tenant-tables.ts';
import type { TenantTable } from './tenant-tables.ts';

let database: TestDatabase;
let owner: pg.Client;
let app: pg.Client;
let tables: TenantTable[];
beforeAll(async () => {
  database = await freshDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  app = new pg.Client({ connectionString: database.appUrl });
  await Promise.all([owner.connect(), app.connect()]);
  tables = await tenantTables(owner);
  await fillTables(owner, tables, ['a', 'b']);
});
afterAll(async () => {
  await Promise.all([owner.end(), app.end()]);
  await database.drop();
});

async function leaksOf(table: TenantTable): Promise<string[]> {
  const { rows } = await owner.query<{ row: string }>(`SELECT to_json(t)::text AS row FROM ${table.name} t WHERE tenant_id = 'b' LIMIT 1`);
  return findLeaks({ app, table, own: 'a', foreign: 'b', foreignRow: rows[0]?.row ?? 'the table holds no row of tenant b' });
}

function tableNamed(name: string): TenantTable {
  const table = tables.find((one) => one.name === name);
  if (table === undefined) throw new Error(`there is no table ${name}`);
  return table;
}

/** The SQLSTATE a statement fails with, or `done`; it is taken back. */
async function outcomeOf(client: pg.Client, statement: string): Promise<string> {
  await client.query('BEGIN');
  try {
    await client.query(`SELECT set_config('holdfast.tenant', 'a', true)`);
    await client.query(statement);
    return 'done';
  } catch (error) {
    return error instanceof pg.DatabaseError ? String(error.code) : String(error);
  } finally {
    await client.query('ROLLBACK');
  }
}
const refused = '42501';

describe('every table of tenants', () => {
  it('when the database lists them, then each that the application may touch is among them, and each forces row security', async () => {
    const { rows } = await owner.query<{ name: string; kept: boolean }>(
      `SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS kept FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
    );
    const kept = new Map(rows.map(({ name, kept: isKept }) => [name, isKept]));
    for (const name of [...tables.map((table) => table.name), ...(await partitions(owner))])
      expect({ name, kept: kept.get(name) }).toEqual({ name, kept: true });

    const ofNoTenant = Object.keys(applicationTables).filter((name) => !tables.some((table) => table.name === name));
    expect(ofNoTenant).toEqual(['evidence_key', 'rate_window']);
    expect(tables.length).toBeGreaterThan(15);
  });

  it('when the first column of a primary key is looked at, then it is the tenant', async () => {
    const { rows } = await owner.query<{ name: string; first: string }>(`
      SELECT c.relname AS name, a.attname AS first
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace`);
    for (const { name } of tables) expect(rows.find((row) => row.name === name)).toEqual({ name, first: 'tenant_id' });
  });

  it('when a tenant tries everything against another’s rows, then nothing works on any table', async () => {
    const leaks: string[] = [];
    for (const table of tables) leaks.push(...(await leaksOf(table)));
    expect(leaks).toEqual([]);
  });

  it('when all was tried, then every row of either tenant is still there', async () => {
    for (const { name } of tables) {
      const { rows } = await owner.query(`SELECT tenant_id, count(*)::int AS rows FROM ${name} GROUP BY tenant_id ORDER BY tenant_id`);
      expect({ name, rows }).toEqual({
        name,
        rows: [
          { tenant_id: 'a', rows: 1 },
          { tenant_id: 'b', rows: 1 },
        ],
      });
    }
  });
});

describe('the same trial, with the walls taken out', () => {
  const breaches: readonly [string, string, string][] = [
    ['row security is switched off', 'ALTER TABLE profile DISABLE ROW LEVEL SECURITY', 'ALTER TABLE profile ENABLE ROW LEVEL SECURITY'],
    ['a policy lets everybody see', 'CREATE POLICY breach ON profile FOR SELECT USING (true)', 'DROP POLICY breach ON profile'],
    ['a policy lets everybody write', 'CREATE POLICY breach ON profile FOR INSERT WITH CHECK (true)', 'DROP POLICY breach ON profile'],
    [
      'the policy is dropped',
      'DROP POLICY own_tenant ON profile',
      `CREATE POLICY own_tenant ON profile USING (tenant_id = (SELECT current_setting('holdfast.tenant')))`,
    ],
  ];

  it.each(breaches)('when %s, then the trial says so', async (_what, breach, repair) => {
    await owner.query(breach);
    const leaks = await leaksOf(tableNamed('profile'));
    await owner.query(repair);

    expect(leaks).not.toEqual([]);
    expect(await leaksOf(tableNamed('profile'))).toEqual([]);
  });

  it('when row security is off, then reading and writing are both told', async () => {
    await owner.query('ALTER TABLE profile_member DISABLE ROW LEVEL SECURITY');
    const leaks = await leaksOf(tableNamed('profile_member'));
    await owner.query('ALTER TABLE profile_member ENABLE ROW LEVEL SECURITY');

    for (const what of [
      'read without WHERE',
      'read when no tenant is set',
      'insert of a foreign row where there is one',
      'delete of foreign rows',
      'update of foreign rows',
    ]) {
      expect(leaks).toContain(`profile_member: ${what}`);
    }
  });
});

describe('ways around the tables', () => {
  it('when a partition is read or written directly, then it is refused', async () => {
    const names = await partitions(owner);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      for (const statement of [
        `SELECT 1 FROM ${name}`,
        `INSERT INTO ${name} DEFAULT VALUES`,
        `UPDATE ${name} SET seq = 1`,
        `DELETE FROM ${name}`,
        `TRUNCATE ${name}`,
      ]) {
        expect({ statement, outcome: await outcomeOf(app, statement) }).toEqual({ statement, outcome: refused });
      }
    }
  });

  it('when the application’s role reaches for more, then every way is refused', async () => {
    const { rows } = await owner.query<{ name: string }>('SELECT current_user AS name');
    const boss = pg.escapeIdentifier(rows[0]?.name ?? '');
    const me = pg.escapeIdentifier(testServers().appRole.name);
    const statements = [
      `SET ROLE ${boss}`,
      `SET SESSION AUTHORIZATION ${boss}`,
      `SET session_replication_role = replica`,
      `ALTER ROLE ${me} BYPASSRLS`,
      `ALTER ROLE ${me} SUPERUSER`,
      `GRANT ${boss} TO ${me}`,
      'CREATE ROLE another LOGIN',
      'CREATE TABLE made (x int)',
      'CREATE TEMP TABLE made (x int)',
      'CREATE SCHEMA made',
      `CREATE FUNCTION made() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
      'CREATE VIEW made AS SELECT * FROM entry',
      'CREATE EXTENSION pgcrypto',
      'ALTER TABLE profile DISABLE ROW LEVEL SECURITY',
      'ALTER TABLE profile NO FORCE ROW LEVEL SECURITY',
      'ALTER TABLE entry DISABLE TRIGGER ALL',
      'DROP POLICY own_tenant ON profile',
      'CREATE POLICY made ON profile USING (true)',
      'DROP TABLE profile',
      'ALTER TABLE profile OWNER TO CURRENT_USER',
      'GRANT ALL ON installation TO PUBLIC',
      `COPY profile TO PROGRAM 'cat'`,
      `COPY profile TO '/tmp/holdfast-isolation'`,
      `SELECT pg_read_file('/etc/passwd')`,
      `SELECT lo_import('/etc/passwd')`,
      'SELECT * FROM pg_authid',
      'SELECT * FROM schema_migration',
      'SELECT * FROM installation',
    ];
    for (const statement of statements)
      expect({ statement, outcome: await outcomeOf(app, statement) }).toEqual({ statement, outcome: refused });
    await expect(app.query('ALTER SYSTEM SET row_security = off')).rejects.toMatchObject({ code: refused });
  });

  it('when the role itself is looked at, then it has no attribute and no membership that reaches further', async () => {
    const { rows } = await owner.query(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
         (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships, (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owns
       FROM pg_roles r WHERE rolname = $1`,
      [testServers().appRole.name],
    );
    expect(rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false, memberships: 0, owns: 0 },
    ]);
  });

  it('when functions are looked at, then the role may run exactly those named, and each that runs as the owner has a fixed search path', async () => {
    const { rows } = await owner.query<{ signature: string; definer: boolean; fixed: boolean }>(
      `SELECT p.oid::regprocedure::text AS signature, p.prosecdef AS definer, coalesce(array_to_string(p.proconfig, ',') LIKE '%search_path=public, pg_temp%', false) AS fixed
       FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege($1, p.oid, 'EXECUTE')
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`,
      [testServers().appRole.name],
    );
    const spelled = (signature: string): string => signature.replaceAll('timestamp with time zone', 'timestamptz').replaceAll(', ', ',');
    expect(rows.map(({ signature }) => spelled(signature)).sort()).toEqual(applicationFunctions.map(spelled).sort());
    for (const { signature, definer, fixed } of rows) if (definer) expect({ signature, fixed }).toEqual({ signature, fixed: true });
  });
});

describe('what the log lets itself be done', () => {
  const entryUpdate = `UPDATE entry SET outcome = 'failure'`;
  const rewriting: readonly [string, string][] = [
    ['entry', entryUpdate],
    ['entry', 'DELETE FROM entry'],
    ['entry', 'TRUNCATE entry'],
    ['checkpoint', `UPDATE checkpoint SET body = 'another'`],
    ['checkpoint', 'DELETE FROM checkpoint'],
    ['checkpoint', 'TRUNCATE checkpoint'],
    ['chain_segment', `UPDATE chain_segment SET root = '\\x00'`],
    ['chain_segment', 'DELETE FROM chain_segment'],
    ['chain_segment', 'TRUNCATE chain_segment'],
    ['tenant_log', 'DELETE FROM tenant_log'],
    ['tenant_log', 'TRUNCATE tenant_log'],
    ['tenant_log', 'UPDATE tenant_log SET last_seq = last_seq - 1'],
    ['tenant_log', 'UPDATE tenant_log SET floor_seq = floor_seq - 1'],
    ['tenant_log', `UPDATE tenant_log SET last_recorded_at = last_recorded_at - interval '1 day', last_seq = last_seq + 1`],
    ['tenant_log', `UPDATE tenant_log SET last_link = '\\x01'`],
    ['tenant_log', `UPDATE tenant_log SET tenant_id = 'c'`],
    ['tenant', 'TRUNCATE tenant CASCADE'],
  ];

  beforeAll(async () => {
    // Rows as they are in use: a head that has moved, so that it can be tried to move it back.
    await owner.query(`UPDATE tenant_log SET last_seq = 5, floor_seq = 2, last_recorded_at = now()`);
  });

  it.each(rewriting)('when the application rewrites %s by %s, then it is refused', async (_table, statement) => {
    expect(await outcomeOf(app, statement)).toBe(refused);
  });

  it.each(rewriting)(
    'when the owner rewrites %s by %s, then a trigger refuses it, also with ordinary triggers off',
    async (_table, statement) => {
      expect(await outcomeOf(owner, statement)).toBe(refused);
      expect(await outcomeOf(owner, `SET LOCAL session_replication_role = replica; ${statement}`)).toBe(refused);
    },
  );

  it('when the owner rewrites a partition directly, then it is refused as well', async () => {
    for (const name of await partitions(owner)) {
      const { rowCount } = await owner.query(`SELECT 1 FROM ${name} LIMIT 1`);
      if (rowCount !== 0) {
        expect(await outcomeOf(owner, `UPDATE ${name} SET outcome = 'failure'`)).toBe(refused);
        expect(await outcomeOf(owner, `SET LOCAL session_replication_role = replica; DELETE FROM ${name}`)).toBe(refused);
      }
      expect(await outcomeOf(owner, `TRUNCATE ${name}`)).toBe(refused);
    }
  });

  it('when the application does what it is there for, then it may', async () => {
    for (const statement of [
      'SELECT 1 FROM entry',
      'SELECT 1 FROM tenant_log',
      'SELECT 1 FROM checkpoint',
      'UPDATE tenant_log SET last_seq = last_seq + 1',
    ]) {
      expect({ statement, outcome: await outcomeOf(app, statement) }).toEqual({ statement, outcome: 'done' });
    }
  });

  it('when the privileges are compared with what the database grants, then they are the same, statement by statement', async () => {
    const privileges = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'] as const;
    const { rows } = await owner.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')`,
    );
    for (const { name } of rows) {
      const granted: string[] = [];
      for (const privilege of privileges) {
        const { rows: answer } = await owner.query<{ has: boolean }>('SELECT has_table_privilege($1, $2, $3) AS has', [
          testServers().appRole.name,
          `public.${name}`,
          privilege,
        ]);
        if (answer[0]?.has === true) granted.push(privilege);
      }
      expect({ name, granted: granted.sort() }).toEqual({ name, granted: [...(applicationTables[name] ?? [])].sort() });
    }
  });
});
