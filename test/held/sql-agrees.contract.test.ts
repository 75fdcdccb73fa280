// Guards that the database and the function in memory call the same entries held, for random logs and random holds.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createIds } from '../../db/ids.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { holdingScopes, isInScope } from '../../domain/held/is-held.ts';
import { heldSql } from '../../domain/held/held-sql.ts';
import type { HeldScope, Root } from '../../domain/held/held-scope.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { testSeed } from '../harness/seed.ts';
import { drawnFacts, drawnScope } from './drawn-scopes.ts';

const seed = testSeed();
const logs = isFullSize() ? 400 : 40;
const clock = { nowMs: () => Date.now() };
const ids = createIds(clock);

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('whether an entry is held', () => {
  it(`when logs and holds are random (seed ${String(seed)}), then the database and memory agree`, async () => {
    const counted = { held: 0, free: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(drawnFacts, { minLength: 25, maxLength: 25 }), fc.array(fc.array(drawnScope, { minLength: 1, maxLength: 4 }), { minLength: 6, maxLength: 6 }), async (log, holds) => {
        const tenantId = `t-${ids.next()}`;
        await createTenant({ ...store, clock, ids }, { tenantId, operator: null, requestId: null });
        await append(tenantId, log);
        for (const drawn of holds) {
          const scopes = drawn.map((scope) => withRoots(scope, log));
          for (const scopesOnly of [false, true]) {
            const bySql = await heldSeqs(tenantId, scopes, scopesOnly);
            const inMemory = log.flatMap((entry, index) => (holds1(scopes, entry, { log, scopesOnly }) ? [index + 2] : []));
            expect({ scopes, held: bySql.filter((seq) => seq > 1) }).toEqual({ scopes, held: inMemory });
            counted.held += inMemory.length;
            counted.free += log.length - inMemory.length;
          }
        }
      }),
      { seed, numRuns: logs, endOnFailure: true },
    );
    // Both answers came often, or nothing was compared.
    expect(Math.min(counted.held, counted.free)).toBeGreaterThan(logs * 50);
  }, 60_000);

  it('when no hold is in force, then nothing is held', () => {
    expect(heldSql([], sqlParameters(), { tenantId: 't' })).toBe('false');
  });
});

function holds1(scopes: readonly HeldScope[], entry: EntryFacts, { log, scopesOnly }: { log: readonly EntryFacts[]; scopesOnly: boolean }): boolean {
  const matchable = { ...entry, recordedAt: 0 };
  const created = log.filter((one) => one.change_type === 'created' && one.resource_id !== null && one.resource_id === entry.resource_id);
  const creators = new Set(created.flatMap(({ user_id: id }) => (id === null ? [] : [id])));
  return scopesOnly ? scopes.some((scope) => isInScope(scope, matchable, { creators })) : holdingScopes(scopes, matchable, { creators }).length > 0;
}

function withRoots(scope: HeldScope, log: readonly EntryFacts[]): HeldScope {
  if (scope.by.kind !== 'folder') return scope;
  const { folderId } = scope.by;
  const roots = log.flatMap(({ resource_id: id, resource_type: type, share_id: shareId, path, old_path: oldPath, new_path: newPath }): Root[] =>
    id === folderId && type === 'folder' && shareId !== null ? [path, oldPath, newPath].flatMap((one) => (one === null ? [] : [{ shareId, path: one }])) : [],
  );
  return { ...scope, by: { kind: 'folder', folderId, roots } };
}

async function heldSeqs(tenantId: string, scopes: readonly HeldScope[], scopesOnly: boolean): Promise<number[]> {
  const parameters = sqlParameters([tenantId]);
  const text = `SELECT e.seq FROM entry e WHERE e.tenant_id = $1 AND ${heldSql(scopes, parameters, { tenantId, scopesOnly })} ORDER BY e.seq`;
  const rows = await queryAs<{ seq: string }>(store.pool, tenantId, { text, values: parameters.values });
  return rows.map(({ seq }) => Number(seq));
}

async function append(tenantId: string, log: readonly EntryFacts[]): Promise<void> {
  const items = log.map((facts) => ({ kind: 'entry' as const, prepared: store.journal.prepare({ ...facts, id: ids.next() }), key: null }));
  const receipt = await store.journal.submit(tenantId, { userId: 'producer', partial: false, callKey: null, items });
  if (isRefusal(receipt)) throw new Error(receipt.code);
}
