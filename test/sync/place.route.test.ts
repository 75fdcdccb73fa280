// Where a device stands in a share: given at the head, counted from, moved by a cursor; of absent, foreign and closed devices nothing is said.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApi } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { stageShares } from './shares-stage.ts';
import type { SharesStage } from './shares-stage.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

const here = 'share_id=shr_a&device_id=dev_1';

async function withDevice(): Promise<SharesStage> {
  const stage = await stageShares(api);
  await stage.register('dev_1');
  return stage;
}

/** As a pruning leaves it that kept every row. */
async function raiseFloorToHead(tenantId: string): Promise<void> {
  const owner = new pg.Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  await owner.query("INSERT INTO log_floor (tenant_id, kind, ref, floor_seq) SELECT tenant_id, 'share', 'shr_a', last_seq FROM tenant_log WHERE tenant_id = $1", [tenantId]);
  await owner.end();
}

const position = ({ body }: Answered): string => encodeURIComponent(String(body.cursor_position ?? body.cursor));

describe('when a device asks where it stands', () => {
  it('then one without a place is given the head, and nothing is pending', async () => {
    const { get, change } = await withDevice();
    await change('shr_a', 'before');
    const { status, body } = await get(`/sync/status?${here}`);

    expect(status).toBe(200);
    expect(body).toEqual({ cursor_position: expect.any(String), last_sync_at: expect.stringMatching(/Z$/), pending_changes: 0, has_conflicts: false });
  });

  it('then it stays there while changes of its share, and of that alone, become pending', async () => {
    const { get, change } = await withDevice();
    const first = await get(`/sync/status?${here}`);
    for (const id of ['one', 'two']) await change('shr_a', id);
    await change('shr_b', 'elsewhere');
    const second = await get(`/sync/status?${here}`);

    expect(second.body).toEqual({ ...first.body, pending_changes: 2 });
  });

  it('then its cursor works at the change log, and gives what is pending', async () => {
    const { get, change } = await withDevice();
    const status = await get(`/sync/status?${here}`);
    await change('shr_a', 'new');
    const page = await get(`/sync/changes?share_id=shr_a&cursor=${position(status)}`);

    expect(page.body.changes.map(({ resource_id }: { resource_id: string }) => resource_id)).toEqual(['new']);
  });

  it.each([
    ['an absent device', 'share_id=shr_a&device_id=dev_9'],
    ['an absent share', 'share_id=shr_9&device_id=dev_1'],
    ['a share it may not read', 'share_id=shr_b&device_id=dev_1'],
  ])('then about %s nothing is said', async (_what, query) => {
    const { get } = await withDevice();

    expect((await get(`/sync/status?${query}`)).status).toBe(404);
  });

  it('then somebody else’s device is not there either, for an admin neither', async () => {
    const { get, other, admin } = await withDevice();

    expect((await get(`/sync/status?${here}`, other)).status).toBe(404);
    expect((await get(`/sync/status?${here}`, admin)).status).toBe(404);
  });

  it('then so is a closed one', async () => {
    const { get, tenantId } = await withDevice();
    const owner = new pg.Client({ connectionString: api.database.ownerUrl });
    await owner.connect();
    await owner.query("UPDATE sync_device SET status = 'closed' WHERE tenant_id = $1", [tenantId]);
    await owner.end();

    expect((await get(`/sync/status?${here}`)).status).toBe(404);
  });

  it.each(['', '?share_id=shr_a', '?device_id=dev_1', `?${here}&more=1`])('then %j is not enough, or too much', async (query) => {
    const { get } = await withDevice();

    expect((await get(`/sync/status${query}`)).status).toBe(422);
  });

  it('then a share that was taken away is no longer spoken of', async () => {
    const { get, send, admin } = await withDevice();
    expect((await get(`/sync/status?${here}`)).status).toBe(200);
    await send('DELETE', '/directory/profiles/shr_a/members/usr_m', undefined, admin);

    expect((await get(`/sync/status?${here}`)).status).toBe(404);
  });
});

describe('when a device is moved', () => {
  it('then it stands where the cursor says, and what follows is pending', async () => {
    const { get, send, change } = await withDevice();
    await change('shr_a', 'one');
    const page = await get('/sync/changes?share_id=shr_a&cursor=0&limit=1');
    await change('shr_a', 'two');
    const moved = await send('POST', `/sync/cursor?${here}&position=${position(page)}`);

    expect(moved.status).toBe(200);
    expect(moved.body).toEqual({ cursor_position: expect.any(String), last_sync_at: expect.stringMatching(/Z$/) });
    const status = await get(`/sync/status?${here}`);
    expect(status.body.cursor_position).toBe(moved.body.cursor_position);
    // After the row that the page held, which is the making of the share itself: one and two.
    expect(status.body.pending_changes).toBe(2);
  });

  it('then 0 is the beginning', async () => {
    const { get, send, change } = await withDevice();
    await change('shr_a', 'one');
    await send('POST', `/sync/cursor?${here}&position=0`);

    // The making of the share, and one.
    expect((await get(`/sync/status?${here}`)).body.pending_changes).toBe(2);
  });

  it('then 0 is the beginning below the floor too: what was kept there is pending, and its cursor gives it', async () => {
    const { get, send, change, tenantId } = await withDevice();
    await change('shr_a', 'one');
    await raiseFloorToHead(tenantId);
    const moved = await send('POST', `/sync/cursor?${here}&position=0`);
    const status = await get(`/sync/status?${here}`);

    expect(status.body).toMatchObject({ cursor_position: moved.body.cursor_position, pending_changes: 2 });
    const page = await get(`/sync/changes?share_id=shr_a&cursor=${position(status)}`);
    expect(page.body.changes.map(({ resource_id }: { resource_id: string }) => resource_id)).toEqual(['shr_a', 'one']);
  });

  it('then a cursor over all shares is narrowed to this one', async () => {
    const { get, send } = await withDevice();
    const all = await get('/sync/changes');

    expect((await send('POST', `/sync/cursor?${here}&position=${position(all)}`)).status).toBe(200);
  });

  it('then a cursor of another share is refused, and so is one that was damaged', async () => {
    const { get, send, admin } = await withDevice();
    const foreign = await get('/sync/changes?share_id=shr_b', admin);
    const own = await get('/sync/changes?share_id=shr_a');

    const mismatch = await send('POST', `/sync/cursor?${here}&position=${position(foreign)}`);
    expect([mismatch.status, mismatch.body.error.code]).toEqual([400, 'CURSOR_MISMATCH']);
    const damaged = await send('POST', `/sync/cursor?${here}&position=${position(own)}x`);
    expect([damaged.status, damaged.body.error.code]).toEqual([400, 'CURSOR_INVALID']);
  });

  it('then a cursor of another tenant is refused', async () => {
    const { send } = await withDevice();
    const elsewhere = await (await withDevice()).get('/sync/changes?share_id=shr_a');
    const answer = await send('POST', `/sync/cursor?${here}&position=${position(elsewhere)}`);

    expect([answer.status, answer.body.error.code]).toEqual([400, 'CURSOR_INVALID']);
  });

  it('then a cursor below the floor of the share is refused, and told where to start', async () => {
    const { get, send, change, tenantId } = await withDevice();
    const old = await get('/sync/changes?share_id=shr_a&cursor=0&limit=1');
    await change('shr_a', 'one');
    await raiseFloorToHead(tenantId);
    const { status, body } = await send('POST', `/sync/cursor?${here}&position=${position(old)}`);

    expect([status, body.error.code]).toEqual([410, 'CURSOR_EXPIRED']);
    expect(body.error.details).toEqual({ oldest: expect.any(String), head: expect.any(String) });
    expect((await send('POST', `/sync/cursor?${here}&position=${encodeURIComponent(String(body.error.details.oldest))}`)).status).toBe(200);
  });

  it('then somebody else’s device stays where it is', async () => {
    const { get, send, other } = await withDevice();
    const before = await get(`/sync/status?${here}`);

    expect((await send('POST', `/sync/cursor?${here}&position=0`, undefined, other)).status).toBe(404);
    expect((await get(`/sync/status?${here}`)).body).toEqual(before.body);
  });
});
