// Guards that many readers read at once are each what they are when read alone.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asking } from '../../db/access/ask.ts';
import { readViewer } from '../../db/access/read-viewer.ts';
import { readViewers } from '../../db/access/read-viewers.ts';
import { createIds } from '../../db/ids.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { testSeed } from '../harness/seed.ts';
import { madeCaller, madeDirectory } from './random-directory.ts';
import { principalOf, storeDirectory } from './stored-directory.ts';

const seed = testSeed();
const ids = createIds({ nowMs: () => Date.now() });

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.appUrl, max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('many readers at once', () => {
  it(`when directories and callers are random (seed ${String(seed)}), then each is what it is alone`, async () => {
    const property = fc.asyncProperty(madeDirectory, fc.array(madeCaller, { minLength: 2, maxLength: 8 }), async (directory, callers) => {
      const tenantId = `t-${ids.next()}`;
      await inTenant(pool, tenantId, async (client) => {
        await storeDirectory(client, tenantId, directory);
        const principals = callers.map((caller) => principalOf(tenantId, caller));
        const together = await readViewers(asking(client), tenantId, principals);
        for (const [index, principal] of principals.entries()) expect(together[index]).toEqual(await readViewer(asking(client), principal));
      });
    });
    await fc.assert(property, { seed, numRuns: isFullSize() ? 300 : 40 });
  }, 60_000);
});
