// A connection that breaks, in use or at rest: its user is told by the statement that fails, the process goes on, and the next one gets another.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createPool } from '../../db/pool.ts';
import { isDatabaseAway } from '../../db/unreachable.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { eventually } from '../harness/eventually.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  await database.drop();
});

async function terminate(backend: number): Promise<void> {
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query('SELECT pg_terminate_backend($1)', [backend]);
  await owner.end();
}

type Ask = (text: string) => Promise<pg.QueryResult<{ pid: number }>>;

async function backendBehind(ask: Ask): Promise<number> {
  return (await ask('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
}

describe('when a connection breaks', () => {
  it('then between two statements of its user the next one fails as a database that is away, and nothing else happens', async () => {
    const pool = createPool({ url: database.appUrl, max: 1 });
    const client = await pool.connect();
    const ended = new Promise((resolve) => client.once('end', resolve));
    await client.query('BEGIN');
    await terminate(await backendBehind((text) => client.query(text)));
    await ended;
    const failure: unknown = await client.query('SELECT 1').catch((error: unknown) => error);
    client.release(true);

    expect(isDatabaseAway(failure)).toBe(true);
    expect(await backendBehind((text) => pool.query(text))).toBeGreaterThan(0);
    await pool.end();
  });

  it('then at rest its owner is told, without the password and all that hangs on the client', async () => {
    const told: Error[] = [];
    const pool = createPool({ url: database.appUrl, max: 1, onError: (error) => told.push(error) });
    await terminate(await backendBehind((text) => pool.query(text)));
    await eventually(() => told.length > 0);
    const [error] = told;

    expect(Object.keys(error ?? {})).not.toContain('client');
    expect(isDatabaseAway(error)).toBe(true);
    expect(await backendBehind((text) => pool.query(text))).toBeGreaterThan(0);
    await pool.end();
  });
});
