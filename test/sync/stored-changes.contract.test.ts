// A page of changes as the database answers it: who may not read gets none of what was read along, and how heavy its rows are makes no difference to the reader.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readStoredChanges } from '../../api/v1/sync/read-stored-changes.ts';
import type { ChangesPart } from '../../api/v1/sync/list-changes.route.ts';
import { createIds } from '../../db/ids.ts';
import { createJournal } from '../../db/journal/journal.ts';
import type { Journal } from '../../db/journal/journal.ts';
import { readChanges, readLightChanges } from '../../db/journal/read-changes.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { Principal } from '../../domain/access/principal.ts';
import { createCursors } from '../../domain/cursor/cursor.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { principalOf } from '../access/stored-directory.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { madeFacts } from '../journal/made-facts.ts';

const ids = createIds({ nowMs: () => Date.now() });

let database: TestDatabase;
let pool: Pool;
let journal: Journal;

beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.appUrl, max: 2 });
  journal = createJournal({ pool, onAppended: () => undefined });
});
afterAll(async () => {
  await journal.close();
  await pool.end();
  await database.drop();
});

/** A log of changes that carry so many characters each, and its administrator. */
async function logOf(characters: readonly number[]): Promise<{ tenantId: string; admin: Principal }> {
  const tenantId = `t-${ids.next()}`;
  await queryAsOwner(database, `INSERT INTO tenant (tenant_id, name) VALUES ('${tenantId}', 'T')`);
  await queryAsOwner(database, `INSERT INTO tenant_log (tenant_id, epoch) VALUES ('${tenantId}', 'e')`);
  await queryAsOwner(database, `INSERT INTO dir_user (tenant_id, id, name, email, status, created_at, updated_at) VALUES ('${tenantId}', 'usr_a', 'A', 'a@example.com', 'active', now(), now())`);
  for (const count of characters) {
    const facts = madeFacts({ share_id: 'shr_1', resource_type: 'file', resource_id: 'fil_1', change_type: 'updated', new_path: '/a', change_metadata: { text: 'ü'.repeat(count) } });
    await journal.submit(tenantId, { userId: 'usr_a', partial: false, callKey: null, items: [{ kind: 'entry', prepared: journal.prepare(facts), key: null }] });
  }
  return { tenantId, admin: principalOf(tenantId, { userId: 'usr_a', scopes: ['tenant:admin'], entities: null }) };
}

async function readAll(admin: Principal, limit = 1_000): Promise<ChangesPart> {
  const reading = { principal: admin, shareId: null, limit, scopeTag: null };
  const part = await readStoredChanges('beginning', reading, { pool, cursors: createCursors(new Uint8Array(32)) });
  if (isRefusal(part)) throw new Error(part.message);
  return part;
}

describe('when somebody who reads everything asks for changes', () => {
  it('then they get them in one trip; and none, once the database knows them as suspended', async () => {
    const { tenantId, admin } = await logOf([1, 2, 3]);
    expect(await readAll(admin)).toMatchObject({ count: 3, hasMore: false, position: 3 });
    await queryAsOwner(database, `UPDATE dir_user SET status = 'suspended' WHERE tenant_id = '${tenantId}'`);

    expect(await readAll(admin)).toMatchObject({ rows: '', count: 0, position: 3 });
  });

  it.each([
    ['all light', [1, 100, 4_000, 1], false],
    ['heavy in part', [1, 5_000, 2], true],
    ['none', [], false],
  ])('then the rows are the same as when each is weighed: %s', async (_what, characters, isHeavy) => {
    const { tenantId, admin } = await logOf(characters);
    const query = { tenantId, afterSeq: 0, limit: 3, shareIds: null, shareId: null };
    const [weighed, light] = await inTenant(pool, tenantId, (client) => Promise.all([readChanges(client, query), readLightChanges(client, query)]));

    expect(light).toEqual(isHeavy ? 'heavy' : weighed);
    expect(await readAll(admin, 3)).toMatchObject({ rows: weighed?.rows, count: weighed?.count, hasMore: characters.length > 3 });
  });
});
