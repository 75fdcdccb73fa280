// A database server that forgets what it acknowledged is named, setting by setting, and requests are served all the same.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { durabilityFaults } from '../../db/durability.ts';
import { createPool } from '../../db/pool.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { queryAsOwner } from '../harness/owner-query.ts';

// The server of the tests is such a server: it was made to be quick.
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

describe('when the database server does not write through', () => {
  it('then it is said which of its settings are off, and the rest goes on', async () => {
    const { status, body } = await api.call('/readyz', { token: await tokenFor({ tenantId: 'any' }) });

    expect([status, body.status]).toEqual([200, 'degraded']);
    const { ok, required, reason } = body.dependencies.find(({ name }: { name: string }) => name === 'durability');
    expect([ok, required]).toEqual([false, false]);
    for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) expect(reason).toContain(`${setting} is off`);
  });

  it('then what holds for our own connections counts, not what the server does by default', async () => {
    await queryAsOwner(api.database, `ALTER DATABASE ${api.database.name} SET synchronous_commit = 'on'`);
    const pool = createPool({ url: api.database.appUrl, max: 1 });
    const faults = await durabilityFaults(pool);
    await pool.end();

    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['fsync', 'full_page_writes']);
  });
});
