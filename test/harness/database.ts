// A migrated database of a test's own, cloned from the run's template.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { testServers } from './published-servers.ts';

export interface TestDatabase {
  readonly name: string;
  /** As the application's role. */
  readonly appUrl: string;
  readonly ownerUrl: string;
  readonly prunerUrl: string;
  /** Ends whoever is still connected. */
  drop(): Promise<void>;
}

export async function freshDatabase(): Promise<TestDatabase> {
  const { serverUrl, templateDatabase, appRole, prunerRole } = testServers();
  const name = `test_${randomBytes(8).toString('hex')}`;
  const database = pg.escapeIdentifier(name);
  await onServer([
    `CREATE DATABASE ${database} TEMPLATE ${pg.escapeIdentifier(templateDatabase)}`,
    // Privileges on the database itself are not part of what is cloned.
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC; GRANT CONNECT ON DATABASE ${database} TO ${pg.escapeIdentifier(appRole.name)}, ${pg.escapeIdentifier(prunerRole.name)}`,
  ]);
  return {
    name,
    appUrl: urlOf({ serverUrl, database: name, user: appRole.name, password: appRole.password }),
    ownerUrl: urlOf({ serverUrl, database: name }),
    prunerUrl: urlOf({ serverUrl, database: name, user: prunerRole.name, password: prunerRole.password }),
    drop: () => onServer([`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`]),
  };
}

async function onServer(statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: testServers().serverUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf({ serverUrl, database, user, password }: { serverUrl: string; database: string; user?: string; password?: string }): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return url.href;
}
