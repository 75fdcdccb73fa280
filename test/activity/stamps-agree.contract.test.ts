// Guards that a stamp is the same wherever it is read: on the board, folded by one process or by many, in parts, after a restart, after a pruning.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { foldStamps } from '../../db/activity/fold-stamps.ts';
import { readStamps } from '../../db/activity/read-stamps.ts';
import { Board } from '../../db/activity/board.ts';
import { sinceEver } from '../../domain/activity/stamps.ts';
import type { Stamps } from '../../domain/activity/stamps.ts';
import { profileSubject, userSubject } from '../../domain/activity/touched.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { environmentFor, startApiProcess } from '../harness/processes.ts';
import type { ApiProcess } from '../harness/processes.ts';
import { testSeed } from '../harness/seed.ts';

let api: TestApi;
let other: ApiProcess;
let owner: pg.Client;
beforeAll(async () => {
  api = await startTestApi();
  owner = new pg.Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  other = await startApiProcess({ env: { ...environmentFor({ ownerUrl: api.database.ownerUrl, appUrl: api.database.appUrl, temporalAddress: '127.0.0.1:1' }), HOLDFAST_RATE_LIMITS: 'off' } });
});
afterAll(async () => {
  await owner.end();
  await other.stop();
  await api.end();
});

const subjects = [...['o1', 'w1', 's1', 's2', 'both'].map(profileSubject), ...['u1', 'u2', 'both'].map(userSubject)];
const place = (...ids: string[]) => fc.option(fc.constantFrom(...ids), { nil: undefined });
const entry = fc.record(
  {
    event_type: fc.constantFrom('file.create', 'share.update', 'auth.login'),
    org_id: place('o1', 'both'),
    workspace_id: place('w1', 'o1'),
    share_id: place('s1', 's2'),
    user_id: place('u1', 'u2', 'both'),
    target_user_id: place('u1', 'both'),
    visibility: fc.option(fc.constantFrom('internal', 'external', 'external_audit_log'), { nil: undefined }),
    activity: fc.option(fc.array(fc.constantFrom('storage:f1', 'storage:f2', 'storage', 'member:u1', 'members', 'upload:x', 'upload', 'workflow', '__proto__'), { maxLength: 4 }), { nil: undefined }),
  },
  { noNullPrototype: true, requiredKeys: ['event_type'] },
);

const asObject = (stamps: Stamps): unknown => Object.fromEntries([...stamps].sort(([a], [b]) => (a < b ? -1 : 1)));

async function write(tenantId: string, events: readonly unknown[]): Promise<void> {
  const token = await tokenFor({ tenantId, scope: 'events:write' });
  const answer = await api.call('/api/v1/events', { method: 'POST', token, json: { events: JSON.parse(JSON.stringify(events)) as unknown } });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
}

const stored = async (tenantId: string): Promise<unknown[]> =>
  Promise.all(subjects.map(async (subject) => asObject((await readStamps(api.world.pool, { tenantId, subject, fields: null })).stamps)));

describe('when entries of every kind are written', () => {
  const seed = testSeed();
  it(`then the board of the domain and the fold of the database agree (seed ${String(seed)})`, async () => {
    let tenants = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 7 }), async (events, partEntries) => {
        tenants += 1;
        const tenantId = `agree${String(tenants)}`;
        await api.makeTenant(tenantId);
        const log = await api.world.tail.watch(tenantId);
        if (log === null) throw new Error('no log');
        await eventually(() => log.isCurrent());
        // What creating the tenant stamped is not on a board that begins after it.
        while (!(await foldStamps(api.world.pool, { tenantId })).isComplete);
        await owner.query('DELETE FROM activity_stamp WHERE tenant_id = $1', [tenantId]);
        const board = new Board({ log });
        await write(tenantId, events);
        await eventually(() => log.isCurrent());
        const seen = subjects.map((subject) => asObject(board.newer({ subject, fields: null, since: sinceEver })));
        board.close();
        // Two processes at once, in parts of any size.
        const fold = async () => {
          while (!(await foldStamps(api.world.pool, { tenantId, partEntries })).isComplete);
        };
        await Promise.all([fold(), fold()]);

        expect(await stored(tenantId)).toEqual(seen);
      }),
      { seed, numRuns: isFullSize() ? 150 : 15 },
    );
  });
});

describe('when another process is asked', () => {
  const poll = async (url: string, query: string) => {
    const token = await tokenFor({ tenantId: 'two', scope: 'tenant:admin' });
    const answer = await fetch(`${url}/current/activity/poll/shr_1/${query}`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(25_000) });
    return (await answer.json()) as { response: { results: number; activity: Record<string, string>; lastactivity: string } };
  };

  it('then it answers the same stamps, and a poll held there is woken by a write here', async () => {
    await api.makeTenant('two');
    await api.call('/api/v1/directory/profiles/shr_1', { method: 'PUT', token: await tokenFor({ tenantId: 'two', scope: 'tenant:admin' }), json: { type: 'share', name: 'S' } });
    await write('two', [{ event_type: 'file.create', share_id: 'shr_1', resource_type: 'file', resource_id: 'f1' }]);
    const here = await poll(api.url, '');

    expect(await poll(other.url, '')).toEqual(here);
    const held = [api.url, other.url].map((url) => poll(url, `?wait=20&updated=1&lastactivity=${encodeURIComponent(here.response.lastactivity)}`));
    await eventually(() => api.world.activity.held === 1);
    await write('two', [{ event_type: 'file.update', share_id: 'shr_1', resource_type: 'file', resource_id: 'f1' }]);
    const [first, second] = await Promise.all(held);
    expect(second).toEqual(first);
    expect(Object.keys(first?.response.activity ?? {}).sort()).toEqual(['storage', 'storage:f1']);
  });

  it('then stamps that were lost are folded anew, to the same ones', async () => {
    const before = await poll(api.url, '');
    await owner.query(`DELETE FROM activity_stamp WHERE tenant_id = 'two'`);
    await owner.query(`DELETE FROM activity_position WHERE tenant_id = 'two'`);

    expect(await poll(other.url, '')).toEqual(before);
  });
});

describe('when entries are pruned', () => {
  it('then their stamps go with them, and others stay', async () => {
    await api.makeTenant('pruned');
    await write('pruned', ['f1', 'f2', 'f3'].map((id) => ({ event_type: 'file.create', share_id: 's1', activity: [`storage:${id}`] })));
    await foldStamps(api.world.pool, { tenantId: 'pruned' });
    // As if the entry of f2 had gone: a stamp to which there is none, at or below the floor; and the same above it.
    await owner.query(`UPDATE activity_stamp SET stamped_at = '2020-01-01' WHERE tenant_id = 'pruned' AND key IN ('storage:f2', 'storage:f3')`);
    await owner.query(`UPDATE tenant_log SET floor_seq = (SELECT seq FROM activity_stamp WHERE tenant_id = 'pruned' AND key = 'storage:f2') WHERE tenant_id = 'pruned'`);
    const shown = async () => [...(await readStamps(api.world.pool, { tenantId: 'pruned', subject: profileSubject('s1'), fields: null })).stamps.keys()].sort();
    const rows = async () => (await owner.query(`SELECT FROM activity_stamp WHERE tenant_id = 'pruned' AND subject = 'p:s1'`)).rowCount;

    expect([await shown(), await rows()]).toEqual([['storage', 'storage:f1', 'storage:f3'], 4]);
    await foldStamps(api.world.pool, { tenantId: 'pruned' });
    expect([await shown(), await rows()]).toEqual([['storage', 'storage:f1', 'storage:f3'], 3]);
  });
});
