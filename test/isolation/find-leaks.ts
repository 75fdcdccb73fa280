// Tries, as one tenant, everything by which another tenant's rows of a table could be seen or touched, and tells what worked.
import type pg from 'pg';
import type { TenantTable } from './tenant-tables.ts';

export interface Trial {
  /** The application's role. */
  readonly app: pg.Client;
  readonly table: TenantTable;
  /** Whose rows should be seen. */
  readonly own: string;
  /** Whose rows must not. */
  readonly foreign: string;
  /** A row of the foreign tenant as JSON, read by the owner. */
  readonly foreignRow: string;
}

/** Empty when the table keeps its tenants apart. */
export async function findLeaks(trial: Trial): Promise<string[]> {
  const leaks: string[] = [];
  for (const [what, attempt] of Object.entries(attempts)) {
    if (await attempt(trial)) leaks.push(`${trial.table.name}: ${what}`);
  }
  return leaks;
}

/** Each answers whether it got what it must not get. */
const attempts: Readonly<Record<string, (trial: Trial) => Promise<boolean>>> = {
  'own rows are not seen': async (trial) => (await rowsSeen(trial, `tenant_id = '${trial.own}'`)) === 0,
  'read without WHERE': async ({ app, table, own }) =>
    (await asTenant(app, own, `SELECT 1 FROM ${table.name} HAVING count(*) <> count(*) FILTER (WHERE tenant_id = '${own}')`)) > 0,
  'read by the other tenant’s id': async (trial) => (await rowsSeen(trial, `tenant_id = '${trial.foreign}'`)) > 0,
  'read by a WHERE that is always true': async (trial) =>
    (await rowsSeen(trial, `(tenant_id = '${trial.own}' OR true) AND tenant_id <> '${trial.own}'`)) > 0,
  'read through a join with itself': async ({ app, table, own, foreign }) =>
    (await asTenant(
      app,
      own,
      `SELECT 1 FROM ${table.name} a JOIN ${table.name} b ON b.tenant_id <> a.tenant_id WHERE b.tenant_id = '${foreign}'`,
    )) > 0,
  'read through a subquery that counts': async ({ app, table, own, foreign }) =>
    (await asTenant(app, own, `SELECT 1 WHERE (SELECT count(*) FROM ${table.name} WHERE tenant_id = '${foreign}') > 0`)) > 0,
  'read by an operator that may fail on foreign rows': async ({ app, table, own }) =>
    (await asTenant(app, own, `SELECT 1 FROM ${table.name} WHERE 1 / (CASE WHEN tenant_id = '${own}' THEN 1 ELSE 0 END) = 1`)) ===
    failedOtherwise,
  'read when no tenant is set': async ({ app, table }) => (await withoutTenant(app, `SELECT 1 FROM ${table.name}`)) > 0,
  'read when the tenant is empty': async ({ app, table }) => (await asTenant(app, '', `SELECT 1 FROM ${table.name}`)) > 0,
  'read as JSON': async ({ app, table, own, foreign }) =>
    (await asTenant(app, own, `SELECT 1 FROM ${table.name} t WHERE to_jsonb(t)->>'tenant_id' = '${foreign}'`)) > 0,
  'insert of a foreign row': async ({ app, table, own, foreignRow }) => !(await isRefused(app, own, insertOf(table, foreignRow))),
  'insert of a foreign row where there is one': async ({ app, table, own, foreignRow }) =>
    !(await isRefused(app, own, `${insertOf(table, foreignRow)} ON CONFLICT DO NOTHING`)),
  'update of foreign rows': async ({ app, table, own, foreign }) =>
    (await asTenant(app, own, `UPDATE ${table.name} SET tenant_id = tenant_id WHERE tenant_id = '${foreign}'`)) > 0,
  'giving own rows away': async ({ app, table, own, foreign }) =>
    !(await isRefused(app, own, `UPDATE ${table.name} SET tenant_id = '${foreign}' WHERE tenant_id = '${own}'`)),
  'taking foreign rows': async ({ app, table, own, foreign }) =>
    (await asTenant(app, own, `UPDATE ${table.name} SET tenant_id = '${own}' WHERE tenant_id = '${foreign}'`)) > 0,
  'delete of foreign rows': async ({ app, table, own, foreign }) =>
    (await asTenant(app, own, `DELETE FROM ${table.name} WHERE tenant_id = '${foreign}'`)) > 0,
  'delete that returns foreign rows': async ({ app, table, own, foreign }) =>
    (await asTenant(
      app,
      own,
      `WITH gone AS (DELETE FROM ${table.name} RETURNING tenant_id) SELECT 1 FROM gone WHERE tenant_id = '${foreign}'`,
    )) > 0,
  truncate: async ({ app, table, own }) => !(await isRefused(app, own, `TRUNCATE ${table.name} CASCADE`)),
  'row security off': async ({ app, table, own }) =>
    !(await isRefused(app, own, `SET LOCAL row_security = off; SELECT 1 FROM ${table.name}`)),
};

/** What is refused for want of privilege (row security included), and nothing else, counts as refused. */
const insufficientPrivilege = '42501';
/** A setting that was never set: then no row is shown, since the question itself fails. */
const undefinedSetting = '42704';
const failedOtherwise = Number.POSITIVE_INFINITY;

function rowsSeen({ app, table, own }: Trial, where: string): Promise<number> {
  return asTenant(app, own, `SELECT 1 FROM ${table.name} WHERE ${where}`);
}

/** How many rows a statement saw or touched; none when it is refused. Everything is taken back. */
async function asTenant(app: pg.Client, tenantId: string, statement: string): Promise<number> {
  return attempted(app, [{ text: `SELECT set_config('holdfast.tenant', $1, true)`, values: [tenantId] }, { text: statement }]);
}

function withoutTenant(app: pg.Client, statement: string): Promise<number> {
  return attempted(app, [{ text: statement }]);
}

async function attempted(app: pg.Client, statements: readonly pg.QueryConfig[]): Promise<number> {
  await app.query('BEGIN');
  try {
    let rows = 0;
    for (const statement of statements) rows = (await app.query(statement)).rowCount ?? 0;
    return rows;
  } catch (error) {
    const code = codeOf(error);
    return code === insufficientPrivilege || code === undefinedSetting ? 0 : failedOtherwise;
  } finally {
    await app.query('ROLLBACK');
  }
}

async function isRefused(app: pg.Client, tenantId: string, statement: string): Promise<boolean> {
  await app.query('BEGIN');
  try {
    await app.query(`SELECT set_config('holdfast.tenant', $1, true)`, [tenantId]);
    await app.query(statement);
    return false;
  } catch (error) {
    return codeOf(error) === insufficientPrivilege;
  } finally {
    await app.query('ROLLBACK');
  }
}

function insertOf({ name, columns }: TenantTable, row: string): string {
  const names = columns.map((column) => column.name).join(', ');
  return `INSERT INTO ${name} (${names}) SELECT ${names} FROM json_populate_record(NULL::${name}, '${row.replaceAll("'", "''")}')`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
