// Makes the login roles of the application and of its pruner, and gives each exactly the privileges it needs; run again, it changes nothing.
import pg from 'pg';
import { applicationFunctions, applicationTables, prunerFunctions, prunerTables } from './privileges.ts';
import type { Privilege } from './privileges.ts';

export interface LoginRole {
  readonly name: string;
  readonly password: string;
}

export function grantApplicationRole(owner: pg.Client, role: LoginRole): Promise<void> {
  return grantLoginRole(owner, role, { tables: applicationTables, functions: applicationFunctions });
}

/** Apart from the application's role: who can serve requests cannot delete, and who can delete cannot write entries. */
export function grantPrunerRole(owner: pg.Client, role: LoginRole): Promise<void> {
  return grantLoginRole(owner, role, { tables: prunerTables, functions: prunerFunctions });
}

interface Grants {
  readonly tables: Readonly<Record<string, readonly Privilege[]>>;
  readonly functions: readonly string[];
}

async function grantLoginRole(owner: pg.Client, { name, password }: LoginRole, { tables, functions }: Grants): Promise<void> {
  const role = pg.escapeIdentifier(name);
  const attributes = `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD ${pg.escapeLiteral(password)}`;
  const { rowCount } = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  await owner.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} ${attributes}`);

  const { rows } = await owner.query<{ database: string }>('SELECT current_database() AS database');
  const database = pg.escapeIdentifier(rows[0]?.database ?? '');
  const statements = [
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${database} TO ${role}`,
    `REVOKE ALL ON SCHEMA public FROM PUBLIC`,
    `GRANT USAGE ON SCHEMA public TO ${role}`,
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role}`,
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC`,
    `REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC`,
    ...Object.entries(tables).map(([table, privileges]) => `GRANT ${privileges.join(', ')} ON ${table} TO ${role}`),
    ...functions.map((signature) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${role}`),
  ];
  await owner.query(`BEGIN; ${statements.join('; ')}; COMMIT`);
}
