// Guards that the statements about rights and the one decision about rights say the same, over random directories.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asking } from '../../db/access/ask.ts';
import { readAdmission } from '../../db/access/admit.ts';
import { judgeAdmission } from '../../domain/access/admission.ts';
import { readAsker, readChain } from '../../db/access/read-asker.ts';
import { mayReadShare, readableShares } from '../../db/access/readable-shares.ts';
import { listProfiles } from '../../db/directory/read-profiles.ts';
import { createIds } from '../../db/ids.ts';
import { createPool } from '../../db/pool.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { may } from '../../domain/access/may.ts';
import type { Asker } from '../../domain/access/may.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { chainIn, madeCaller, madeDirectory, profileIds, standingIn } from './random-directory.ts';
import type { MadeCaller, MadeDirectory } from './random-directory.ts';
import { principalOf, storeDirectory } from './stored-directory.ts';

const seed = 20261121;
const directories = 60;
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

describe('rights in SQL', () => {
  it('when directories, callers and limits are random, then readable shares, single shares, lists and admission agree with may()', async () => {
    const seen = { some: 0, all: 0, none: 0 };
    const telling = { closed: 0, role: 0, group: 0, entities: 0 };
    await fc.assert(
      fc.asyncProperty(madeDirectory, fc.array(madeCaller, { minLength: 4, maxLength: 4 }), async (directory, callers) => {
        const tenantId = `t-${ids.next()}`;
        await inTenant(pool, tenantId, async (client) => {
          await storeDirectory(client, tenantId, directory);
          for (const caller of callers) {
            const readable = await compare(client, directory, { tenantId, caller });
            if (readable === null) seen.all += 1;
            else if (readable.length === 0) seen.none += 1;
            else seen.some += 1;
            countTellingCases(directory, caller, telling);
          }
        });
      }),
      { seed, numRuns: directories },
    );
    // A test in which nobody ever sees anything would agree with everything.
    expect(seen.some).toBeGreaterThan(20);
    expect(seen.all).toBeGreaterThan(10);
    expect(seen.none).toBeGreaterThan(20);
    for (const [rule, cases] of Object.entries(telling)) expect({ rule, enough: cases > 10 }).toEqual({ rule, enough: true });
  }, 120_000);
});

async function compare(client: Client, directory: MadeDirectory, { tenantId, caller }: { tenantId: string; caller: MadeCaller }) {
  const principal = principalOf(tenantId, caller);
  const asker: Asker = { ...principal, standing: standingIn(directory, caller.userId) };
  const chainOf = (profileId: string) => chainIn(directory, { profileId, userId: caller.userId });
  const mayRead = (profileId: string) => may({ asker, deed: 'read', subject: { kind: 'profile', chain: chainOf(profileId) } });

  expect(await readAsker(asking(client), principal)).toEqual({
    userId: principal.userId,
    scopes: principal.scopes,
    entities: principal.entities,
    standing: asker.standing,
  });

  const readsAll = may({ asker, deed: 'read', subject: { kind: 'tenant' } });
  const readable = await readableShares(client, principal);
  const shares = profileIds.filter((id) => id.startsWith('s'));
  if (readsAll) expect(readable).toBeNull();
  else expect([...(readable ?? ['all'])].sort()).toEqual(shares.filter(mayRead));

  const single: string[] = [];
  for (const id of [...profileIds, 'none']) {
    if (await mayReadShare(client, principal, id)) single.push(id);
    expect(sorted(await readChain(asking(client), principal, id))).toEqual(sorted(chainOf(id)));
  }
  expect(single).toEqual(shares.filter(mayRead));

  const { rows } = await listProfiles(client, principal, { afterId: '', limit: 100 });
  const listed = rows.map(({ id }) => id);
  const mayList = (id: string) => may({ asker, deed: 'read-directory', subject: { kind: 'profile', chain: chainOf(id) } });
  expect([...listed].sort()).toEqual(profileIds.filter((id) => mayList(id) && chainOf(id)[0]?.closed === false).sort());

  const admission = await readAdmission(client, principal);
  expect(admission === null || judgeAdmission(admission, principal) !== null).toBe(['suspended', 'deactivated', 'closed'].includes(asker.standing));
  return readable;
}

/** How often forgetting a rule would have given another answer: only then does the agreement say something about that rule. */
function countTellingCases(
  directory: MadeDirectory,
  caller: MadeCaller,
  telling: { closed: number; role: number; group: number; entities: number },
): void {
  const asker: Asker = {
    userId: caller.userId,
    scopes: new Set(caller.scopes),
    entities: caller.entities,
    standing: standingIn(directory, caller.userId),
  };
  for (const profileId of profileIds) {
    const chain = chainIn(directory, { profileId, userId: caller.userId });
    const sees = (told: typeof chain, who = asker): boolean => may({ asker: who, deed: 'read', subject: { kind: 'profile', chain: told } });
    const right = sees(chain);
    if (sees(chain.map((link) => ({ ...link, closed: false }))) !== right) telling.closed += 1;
    if (sees(chain.map((link) => ({ ...link, grants: link.grants.map((grant) => ({ ...grant, role: 'admin' as const })) }))) !== right)
      telling.role += 1;
    if (sees(chain.map((link) => ({ ...link, grants: link.grants.map(({ role }) => ({ role, group: null })) }))) !== right)
      telling.group += 1;
    if (sees(chain, { ...asker, entities: null }) !== right) telling.entities += 1;
  }
}

/** The order in which roles on one profile are found means nothing. */
function sorted(chain: ReturnType<typeof chainIn>) {
  return chain.map((link) => ({ ...link, grants: link.grants.map((grant) => JSON.stringify(grant)).sort() }));
}
