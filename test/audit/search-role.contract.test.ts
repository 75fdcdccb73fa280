// Where the role of the search functions cannot be made, migrating says so, and searching works all the same, bound by row security.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createPool } from '../../db/pool.ts';
import { giveSearchItsRole, searchFunctions } from '../../db/roles/search-role.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { writeSpreadLog } from './spread-log.ts';

const plainRole = `plain_${randomBytes(4).toString('hex')}`;
let database: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query(`CREATE ROLE ${plainRole} LOGIN PASSWORD 'plain'`);
  await owner.query(`GRANT CONNECT ON DATABASE ${database.name} TO ${plainRole}; GRANT USAGE, CREATE ON SCHEMA public TO ${plainRole}; GRANT SELECT ON entry TO ${plainRole}`);
});
afterAll(async () => {
  await owner.query(`REASSIGN OWNED BY ${plainRole} TO CURRENT_USER; DROP OWNED BY ${plainRole}; DROP ROLE ${plainRole}`);
  await owner.end();
  await database.drop();
});

describe('the role of the search functions', () => {
  it('when the owner may not make it, then that is answered, and nothing is left half done', async () => {
    const url = new URL(database.ownerUrl);
    url.username = plainRole;
    url.password = 'plain';
    const limited = new pg.Client({ connectionString: url.href });
    await limited.connect();
    try {
      expect(await giveSearchItsRole(limited)).toBe(false);
      expect((await limited.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    } finally {
      await limited.end();
    }
    expect(await giveSearchItsRole(owner)).toBe(true);
  });

  it('when the functions stay with a role that row security binds, then the same keys are found', async () => {
    for (const tenantId of ['mine', 'other']) await writeSpreadLog(owner, { tenantId, entries: 300, months: 2, backdatedPercent: 5, seed: 7 });
    const pool = createPool({ url: database.appUrl, max: 1 });
    const keys = () =>
      inTenant(pool, 'mine', async (client) => {
        const { rows } = await client.query<{ seq: string }>(`SELECT f.seq FROM search_keys_down('%needle%', '%needle%', '2024-01-01', '2024-03-01', 1000, '-infinity', 'infinity', 'infinity', 0, 100) f`);
        return rows.map(({ seq }) => seq);
      });
    try {
      const before = await keys();
      for (const signature of searchFunctions) await owner.query(`ALTER FUNCTION ${signature} OWNER TO ${plainRole}`);
      expect(before).toHaveLength(3);
      expect(await keys()).toEqual(before);
    } finally {
      await pool.end();
    }
  });
});
