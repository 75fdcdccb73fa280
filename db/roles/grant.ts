// Makes the application's login role and gives it exactly the privileges it needs; run again, it changes nothing.
import pg from 'pg';
import { applicationFunctions, applicationTables } from './privileges.ts';

export interface LoginRole {
  readonly name: string;
  readonly password: string;
}

export async function grantApplicationRole(owner: pg.Client, { name, password }: LoginRole): Promise<void> {
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
    ...Object.entries(applicationTables).map(([table, privileges]) => `GRANT ${privileges.join(', ')} ON ${table} TO ${role}`),
    ...applicationFunctions.map((signature) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${role}`),
  ];
  await owner.query(`BEGIN; ${statements.join('; ')}; COMMIT`);
}
