// A quarantine at the doors: what it hides is in no ordinary read, a second person gives it back or has it removed, and nobody misses what came back.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { carryRun } from '../../activities/retention/carry-run.ts';
import type { CarriedSoFar, CarryingWorld } from '../../activities/retention/carry-run.ts';
import { readLogExtent, readLogRecords } from '../../db/evidence/read-log.ts';
import { createSignatureCheck, createSigner } from '../../db/evidence/sign.ts';
import { readLivePage } from '../../db/journal/read-live.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { createPartFiles } from '../../db/parts/part-files.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { beginRun } from '../../db/retention/begin-run.ts';
import { certifyRun } from '../../db/retention/certify-run.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { verifyLog } from '../../domain/evidence/verify-log.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';

let api: TestApi;
let pruner: Pool;
let world: CarryingWorld;
beforeAll(async () => {
  api = await startTestApi();
  pruner = createPool({ url: api.database.prunerUrl, max: 1 });
  const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  world = { ...api.world, pruner, signer, files: createPartFiles(api.world.filesDir) };
});
afterAll(async () => {
  await pruner.end();
  await api.end();
});

const audit = '/api/v1/enterprise/audit';
const runs = '/api/v1/enterprise/retention-runs';
const hiddenOnes = 6;
const meantTypes = ['file.create', 'authz.permission_check'];
let tenants = 0;

interface Place {
  readonly tenantId: string;
  readonly runId: string;
  /** Of the entries that are hidden, as they were shown before. */
  readonly ids: readonly string[];
  /** Where the log stood before anything was hidden. */
  readonly oldCursor: string;
  as(userId: string, method: string, path: string, json?: unknown): Promise<Answered>;
  carry(): Promise<CarriedSoFar>;
}

/** Changes and a decision in the share s1, which a policy means; others in s2, which none does. */
async function place({ policy = {} }: { policy?: object } = {}): Promise<Place> {
  tenants += 1;
  const tenantId = `quarantine${String(tenants)}`;
  await api.makeTenant(tenantId);
  const as: Place['as'] = async (userId, method, path, json) =>
    api.call(path, { method, token: await tokenFor({ tenantId, userId, scope: 'tenant:admin' }), ...(json === undefined ? {} : { json }) });
  const event = (share: string, index: number) => ({
    event_type: 'file.create', share_id: share, user_id: 'producer', resource_type: 'file', resource_id: `${share}-${String(index)}`, resource_name: `secret ${share}`, change: { change_type: 'created', metadata: { colour: 'red' } },
  });
  const others = Array.from({ length: 120 }, (_, index) => event('s2', index));
  const decision = { event_type: 'authz.permission_check', share_id: 's1', decision: 'permit', provider: 'p', model: 'm', user_id: 'producer' };
  const meant = [...Array.from({ length: hiddenOnes - 1 }, (_, index) => event('s1', index)), decision];
  await as('producer', 'PUT', '/api/v1/directory/profiles/s1', { type: 'share', name: 'One' });
  const oldCursor = (await as('officer', 'GET', '/api/v1/sync/changes')).body.cursor as string;
  const { body: told } = await as('producer', 'POST', '/api/v1/events', { events: [...meant, ...others] });
  const { body: made } = await as('officer', 'POST', '/api/v1/enterprise/retention-policies', { name: 'Aside', retention_days: 0, action: 'quarantine', filter: { share_id: 's1', event_type: meantTypes.join() }, ...policy });
  const { body: run, status } = await as('officer', 'POST', `/api/v1/enterprise/retention-policies/${String(made.id)}/run`, {});
  expect({ status, action: run.action, of: run.of }).toEqual({ status: 202, action: 'quarantine', of: hiddenOnes });
  const runId = String(run.id);
  const carry = async (): Promise<CarriedSoFar> => {
    const now = new Date().toISOString();
    await beginRun(api.world.pool, { tenantId, runId }, now);
    return carryRun(world, { tenantId, runId, now, batchEntries: 4 });
  };
  return { tenantId, runId, ids: told.results.slice(0, hiddenOnes).map(({ id }: { id: string }) => id), oldCursor, as, carry };
}

/** How many of the entries that are meant each ordinary read shows. */
async function shownBy({ as, tenantId, ids }: Place): Promise<Record<string, number>> {
  const get = async (path: string) => (await as('reader', 'GET', path)).body;
  const ofShare = `share_id=s1&event_type=${meantTypes.join()}`;
  const live = await readLivePage(api.world.pool, { tenantId, afterSeq: 0, throughSeq: 1e9, selection: { kind: 'profile', type: 'share', id: 's1' }, withEarlier: false, limit: 1_000 });
  const facets = await get(`${audit}/facets?${ofShare}`);
  const [detail, feedDetail, ack] = await Promise.all([
    as('reader', 'GET', `${audit}/events/${String(ids[0])}`),
    as('reader', 'GET', `/current/event/${String(ids[0])}/details/`),
    as('tester', 'POST', `/current/event/${String(ids[0])}/ack/`),
  ]);
  const s1 = ({ share_id: share, event_type: type }: { share_id: string | null; event_type: string }): boolean => share === 's1' && meantTypes.includes(type);
  return {
    search: (await get(`${audit}/events?${ofShare}`)).events.length as number,
    text: (await get(`${audit}/events?q=secret%20s1`)).events.length as number,
    facets: facets.total as number,
    activity: (await get(`${audit}/activity?window=day&limit=1000`)).events.filter(s1).length as number,
    detail: Number(detail.status === 200),
    changes: (await get(`/api/v1/sync/changes?cursor=0&share_id=s1`)).changes.filter(({ resource_type: type }: { resource_type: string }) => type === 'file').length as number,
    feed: (await get('/current/events/search/?share_id=s1&event=share_storage_file_added')).response.events.length as number,
    feedDetail: Number(feedDetail.status === 200),
    ack: Number(ack.status === 200),
    decisions: (await get('/api/audit')).total as number,
    live: live?.entries.filter((entry) => s1(entry)).length ?? -1,
  };
}

const everything = { search: 6, text: 5, facets: 6, activity: 6, detail: 1, changes: 5, feed: 5, feedDetail: 1, ack: 1, decisions: 1, live: 6 };
const nothing = Object.fromEntries(Object.keys(everything).map((read) => [read, 0]));

/** Of the share alone: reading leaves entries of its own elsewhere. */
const unread = async ({ as }: Place, userId: string): Promise<number> => ((await as(userId, 'GET', '/current/events/unread/')).body.response.profiles as Record<string, number>)['s1'] ?? 0;

describe('what is in quarantine', () => {
  it('when it was hidden, then no ordinary read shows it, and restored by a second person, all show it again', async () => {
    const here = await place();
    const { as, runId, oldCursor, ids } = here;
    expect(await shownBy(here)).toEqual(everything);
    const before = await unread(here, 'other');
    expect(await here.carry()).toEqual({ state: 'waiting', failure: null });
    expect(await shownBy(here)).toEqual(nothing);
    expect(await unread(here, 'other')).toBe(before - hiddenOnes);
    expect((await as('officer', 'GET', `${runs}/${runId}`)).body).toMatchObject({ state: 'awaiting_approval', removed: 0, quarantine: { hidden: hiddenOnes, decision: null } });
    // Who had not come so far is told, as of a removal.
    expect(await as('reader', 'GET', `/api/v1/sync/changes?share_id=s1&cursor=${oldCursor}`)).toMatchObject({ status: 410 });
    // For those who decide it is not gone.
    expect(await as('officer', 'GET', `${audit}/events/${String(ids[0])}/explain`)).toMatchObject({ status: 200, body: { quarantined_by: runId } });

    expect(await as('officer', 'POST', `${runs}/${runId}/restore`)).toMatchObject({ status: 403, body: { error: { code: 'SECOND_PERSON_REQUIRED' } } });
    expect(await as('officer', 'POST', `${runs}/${runId}/cancel`)).toMatchObject({ status: 409 });
    expect(await as('second', 'POST', `${runs}/${runId}/approve`)).toMatchObject({ status: 409 });
    expect(await shownBy(here)).toEqual(nothing);
    expect(await as('second', 'POST', `${runs}/${runId}/restore`)).toMatchObject({ status: 200, body: { state: 'completed', removed: 0, quarantine: { decision: 'restored', decided_by: 'second' } } });
    expect(await shownBy(here)).toEqual(everything);
    expect(await as('second', 'POST', `${runs}/${runId}/restore`)).toMatchObject({ status: 200 });
    expect(await as('second', 'POST', `${runs}/${runId}/confirm`)).toMatchObject({ status: 409 });
    expect(await here.carry()).toEqual({ state: 'over', failure: null });
    expect(await certifyRun(world, here, { failure: null })).toEqual({ outcome: 'restored', removed: 0 });
    const { body } = await as('officer', 'GET', `${runs}/${runId}/certificate`);
    expect(JSON.parse(String(body.body))).toMatchObject({ outcome: 'restored', removed: 0, quarantine: { hidden: hiddenOnes, decision: 'restored', decided_by: 'second' } });
  });

  it('when a later change of the same resource is told live, then it says nothing of what is hidden, and all of it once that is shown again', async () => {
    const here = await place();
    const { tenantId } = here;
    const { body } = await here.as('producer', 'POST', '/api/v1/events', {
      event_type: 'file.update', share_id: 's1', user_id: 'producer', resource_type: 'file', resource_id: 's1-0', change: { change_type: 'updated', metadata: { size: 1 } },
    });
    const seq = Number(body.last_seq);
    const earlier = async (): Promise<unknown> => {
      const page = await readLivePage(api.world.pool, { tenantId, afterSeq: seq - 1, throughSeq: seq, selection: { kind: 'all' }, withEarlier: true, limit: 1 });
      return page?.entries[0]?.earlier;
    };
    expect(await earlier()).toEqual({ colour: 'red' });
    await here.carry();
    expect(await earlier()).toBeNull();
    expect(await here.as('second', 'POST', `${runs}/${here.runId}/restore`)).toMatchObject({ status: 200 });
    expect(await earlier()).toEqual({ colour: 'red' });
  });

  it('when somebody had read everything meanwhile, then what comes back is unread for them', async () => {
    const here = await place();
    await here.carry();
    const { cursor } = (await here.as('reader', 'GET', '/api/v1/sync/changes')).body as { cursor: string };
    expect(await here.as('reader', 'POST', '/current/events/ack/', { through: cursor })).toMatchObject({ status: 200 });
    expect(await unread(here, 'reader')).toBe(0);
    const marks = await queryAs(api.world.pool, here.tenantId, { text: `SELECT 1 FROM ack_watermark WHERE tenant_id = $1 AND user_id = 'reader'`, values: [here.tenantId] });
    // Without a watermark above them nothing would be shown by this test.
    expect(marks.length).toBeGreaterThan(0);
    expect(await here.as('second', 'POST', `${runs}/${here.runId}/restore`)).toMatchObject({ status: 200 });
    expect(await unread(here, 'reader')).toBe(hiddenOnes);
    expect(await unread(here, 'reader')).toBe(hiddenOnes);
  });

  it('when a second person confirms, then it is removed with a certificate, what is held comes back, and the log verifies all the while', async () => {
    const here = await place();
    const { as, runId, tenantId, ids } = here;
    await here.carry();
    expect(await verdictOf(tenantId)).toMatchObject({ fault: null, removed: 0 });
    expect(await as('officer', 'POST', '/api/v1/enterprise/legal-holds', { name: 'Late', items: [{ scope_type: 'resource', scope_ids: ['s1-2'] }] })).toMatchObject({ status: 201, body: { protected_count: 1 } });
    expect(await as('officer', 'POST', `${runs}/${runId}/confirm`)).toMatchObject({ status: 403 });
    expect(await as('second', 'POST', `${runs}/${runId}/confirm`)).toMatchObject({ status: 200, body: { state: 'queued', quarantine: { decision: 'confirmed', decided_by: 'second' } } });
    expect(await here.carry()).toEqual({ state: 'over', failure: null });
    expect(await certifyRun(world, here, { failure: null })).toEqual({ outcome: 'completed', removed: hiddenOnes - 1 });
    expect((await as('officer', 'GET', `${runs}/${runId}`)).body).toMatchObject({ state: 'completed', removed: 5, kept: { hold: 1 } });
    expect(await shownBy(here)).toEqual({ ...nothing, search: 1, text: 1, facets: 1, activity: 1, changes: 1, feed: 1, live: 1 });
    expect(await as('reader', 'GET', `${audit}/events/${String(ids[2])}`)).toMatchObject({ status: 200 });
    expect(await verdictOf(tenantId)).toMatchObject({ fault: null, removed: 5 });
  });

  it('when a first approval is asked for, then nothing is hidden before it; and cancelled in the middle, everything comes back', async () => {
    const here = await place({ policy: { approval: 'second_person' } });
    const { as, runId } = here;
    expect(await here.carry()).toEqual({ state: 'waiting', failure: null });
    expect(await shownBy(here)).toEqual(everything);
    expect(await as('second', 'POST', `${runs}/${runId}/approve`)).toMatchObject({ status: 200 });
    const now = new Date().toISOString();
    await beginRun(api.world.pool, here, now);
    let beats = 0;
    const pausing = (): void => {
      beats += 1;
      if (beats === 2) throw new Error('the worker died');
    };
    await expect(carryRun(world, { tenantId: here.tenantId, runId, now, batchEntries: 4, onProgress: pausing })).rejects.toThrow('the worker died');
    expect((await shownBy(here))['search']).toBe(2);
    expect(await as('officer', 'POST', `${runs}/${runId}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await shownBy(here)).toEqual(everything);
  });
});

async function verdictOf(tenantId: string) {
  const extent = await readLogExtent(api.world.pool, tenantId);
  if (extent === null) throw new Error('no log');
  return verifyLog({ sha256, tenantId, checkSignature: createSignatureCheck([world.signer.key.publicKey]), records: readLogRecords(api.world.pool, extent), witnesses: [], head: extent.head });
}
