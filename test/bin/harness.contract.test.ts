// The servers of a test run: what tests are promised about them.
import { describe, expect, it } from '@jest/globals';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { freshDatabase } from '../harness/database.ts';
import { testTemporal } from '../harness/published-servers.ts';

async function rows(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the servers of a test run', () => {
  it('when two tests ask for a database, then each gets a migrated one that the other does not see', async () => {
    const [first, second] = await Promise.all([freshDatabase(), freshDatabase()]);
    try {
      await rows(first.ownerUrl, `INSERT INTO tenant (tenant_id, name) VALUES ('acme', 'Acme')`);

      expect(await rows(first.ownerUrl, 'SELECT tenant_id FROM tenant')).toEqual([{ tenant_id: 'acme' }]);
      expect(await rows(second.ownerUrl, 'SELECT tenant_id FROM tenant')).toEqual([]);
    } finally {
      await Promise.all([first.drop(), second.drop()]);
    }
  });

  it('when the application role connects, then it is neither owner nor free of row security', async () => {
    const database = await freshDatabase();
    try {
      const found = await rows(database.appUrl, 'SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user');

      expect(found).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false }]);
    } finally {
      await database.drop();
    }
  });

  it('when a database is dropped, then nobody can connect to it any more', async () => {
    const database = await freshDatabase();
    await database.drop();

    await expect(rows(database.appUrl, 'SELECT 1')).rejects.toThrow('does not exist');
  });

  it('when a test asks for Temporal, then a real server answers', async () => {
    const { address, namespace } = testTemporal();
    const connection = await Connection.connect({ address });
    try {
      const described = await connection.workflowService.describeNamespace({ namespace });

      expect(described.namespaceInfo?.name).toBe(namespace);
    } finally {
      await connection.close();
    }
  });
});
