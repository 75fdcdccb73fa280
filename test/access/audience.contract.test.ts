// Guards that the one rule of who is shown an entry says the same in memory, in SQL and as the access table of the public documents puts it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asking } from '../../db/access/ask.ts';
import { audienceSql } from '../../db/access/audience-sql.ts';
import { readViewer } from '../../db/access/read-viewer.ts';
import { createIds } from '../../db/ids.ts';
import { createPool } from '../../db/pool.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { maySeeEntry } from '../../domain/access/audience.ts';
import type { AudienceFacts, Viewing } from '../../domain/access/audience.ts';
import { may } from '../../domain/access/may.ts';
import type { Asker } from '../../domain/access/may.ts';
import { isSentAway } from '../../domain/access/standing.ts';
import { sqlParameters } from '../../domain/filter/filter-sql.ts';
import { permissions, visibilities } from '../../domain/vocabulary/current-words.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { testSeed } from '../harness/seed.ts';
import { chainIn, madeCaller, madeDirectory, standingIn } from './random-directory.ts';
import type { MadeCaller, MadeDirectory } from './random-directory.ts';
import { principalOf, storeDirectory } from './stored-directory.ts';

const seed = testSeed();
const directories = isFullSize() ? 400 : 60;
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

const somebody = fc.constantFrom('u0', 'u1', 'u2', 'stranger', null, null);
const madeEntry: fc.Arbitrary<AudienceFacts> = fc.record({
  visibility: fc.constantFrom(...visibilities, ...visibilities.slice(1)),
  permission: fc.constantFrom(...permissions),
  user_id: somebody,
  target_user_id: somebody,
  org_id: fc.constantFrom('o0', 'o1', 'none', null, null, null),
  workspace_id: fc.constantFrom('w0', 'w1', 'w2', 's0', null, null),
  share_id: fc.constantFrom('s0', 's1', 's2', 's3', 's4', 'none', null, null),
});

describe('who is shown an entry', () => {
  it(`when directories, callers and entries are random (seed ${String(seed)}), then memory, SQL and the access table agree`, async () => {
    const counted = { shown: 0, hidden: 0, own: 0, member: 0, admin: 0, audited: 0, limited: 0 };
    const property = fc.asyncProperty(
      madeDirectory,
      fc.array(madeCaller, { minLength: 4, maxLength: 4 }),
      fc.array(madeEntry, { minLength: 30, maxLength: 30 }),
      async (directory, callers, entries) => {
        const tenantId = `t-${ids.next()}`;
        await inTenant(pool, tenantId, async (client) => {
          await storeDirectory(client, tenantId, directory);
          for (const caller of callers) {
            const viewer = await readViewer(asking(client), principalOf(tenantId, caller));
            for (const isAuditView of [false, true]) {
              const inSql = await shownBySql(client, entries, { viewer, isAuditView });
              const expected = entries.map((entry) => byTable(directory, caller, { entry, isAuditView }));
              expect(entries.map((entry) => maySeeEntry(entry, { viewer, isAuditView }))).toEqual(expected.map(Boolean));
              expect(inSql).toEqual(expected.map(Boolean));
              count(expected, caller, counted);
            }
          }
        });
      },
    );
    await fc.assert(property, { seed, numRuns: directories });
    // Agreement that nobody ever sees anything, or that every rule is moot, would say little.
    for (const [rule, cases] of Object.entries(counted)) expect({ rule, enough: cases > 20 }).toEqual({ rule, enough: true });
  }, 120_000);
});

type Why = 'own' | 'member' | 'admin' | 'audited';

/** The table, row by row, by the one decision about profiles; null where nothing grants it. */
function byTable(
  directory: MadeDirectory,
  caller: MadeCaller,
  { entry, isAuditView }: { entry: AudienceFacts; isAuditView: boolean },
): Why | null {
  const standing = standingIn(directory, caller.userId);
  if (isSentAway(standing) || entry.visibility === 'internal') return null;
  const asker: Asker = { userId: caller.userId, scopes: new Set(caller.scopes), entities: null, standing };
  const place = narrowest(entry);
  const known = place !== null && isType(directory, place);
  const chain = known ? chainIn(directory, { profileId: place.id, userId: caller.userId }) : [];
  if (caller.entities !== null) {
    const reachedBy = known ? [`${place.type}:${place.id}`, ...chain.map((link) => `${link.type}:${link.id}`)] : [];
    if (!reachedBy.some((entity) => caller.entities?.includes(entity) === true)) return null;
  }
  if (entry.user_id === caller.userId || entry.target_user_id === caller.userId) return 'own';
  const mayThere = (deed: 'read' | 'administer'): boolean =>
    may({ asker, deed, subject: { kind: 'tenant' } }) || may({ asker, deed, subject: { kind: 'profile', chain } });
  if (entry.permission === 'member') return mayThere('read') ? 'member' : null;
  if (entry.permission === 'admin') return mayThere('administer') ? 'admin' : null;
  return isAuditView && entry.visibility === 'external_audit_log' && mayThere('administer') ? 'audited' : null;
}

function narrowest({ org_id: org, workspace_id: workspace, share_id: share }: AudienceFacts): { type: string; id: string } | null {
  if (share !== null) return { type: 'share', id: share };
  if (workspace !== null) return { type: 'workspace', id: workspace };
  return org === null ? null : { type: 'org', id: org };
}

/** A share that an entry calls a workspace is none; what the directory does not know may be anything. */
function isType({ profiles }: MadeDirectory, { type, id }: { type: string; id: string }): boolean {
  const known = profiles.find((profile) => profile.id === id);
  return known === undefined || known.type === type;
}

async function shownBySql(client: Client, entries: readonly AudienceFacts[], viewing: Viewing): Promise<boolean[]> {
  const parameters = sqlParameters([JSON.stringify(entries.map((entry, place) => ({ ...entry, place })))]);
  const condition = audienceSql(viewing, parameters);
  const { rows } = await client.query<{ place: number }>({
    text: `SELECT e.place FROM jsonb_to_recordset($1::jsonb) AS e(place int, visibility text, permission text, user_id text, target_user_id text,
        org_id text, workspace_id text, share_id text)
      WHERE ${condition}`,
    values: parameters.values,
  });
  const shown = new Set(rows.map(({ place }) => place));
  return entries.map((_, place) => shown.has(place));
}

function count(whys: readonly (Why | null)[], caller: MadeCaller, counted: Record<'shown' | 'hidden' | 'limited' | Why, number>): void {
  for (const why of whys) {
    if (why === null) counted.hidden += 1;
    else {
      counted.shown += 1;
      counted[why] += 1;
      if (caller.entities !== null) counted.limited += 1;
    }
  }
}
