// Whether the database server keeps what it has acknowledged when it crashes: settings of a server that is not ours, which nothing else makes up for.
import type pg from 'pg';

const kept = ['fsync', 'full_page_writes', 'synchronous_commit'];

/** What is switched off, as the connection that asks is served; empty where acknowledged means kept. */
export async function durabilityFaults(server: Pick<pg.Pool, 'query'>): Promise<string[]> {
  const { rows } = await server.query<{ name: string }>(`SELECT name FROM pg_settings WHERE name = ANY ($1) AND setting = 'off' ORDER BY name`, [kept]);
  return rows.map(({ name }) => `${name} is off: what was acknowledged may be lost when the server crashes`);
}
