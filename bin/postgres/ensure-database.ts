// Makes the database of an installation when the server does not have it yet.
import pg from 'pg';

const limitMs = 30_000;

export async function ensureDatabase({ serverUrl, database }: { serverUrl: string; database: string }): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: limitMs, statement_timeout: limitMs });
  await client.connect().catch((error: unknown) => {
    throw new Error('PostgreSQL is running and refuses its owner: the password in the data folder is not the one its cluster was made with', { cause: error });
  });
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
