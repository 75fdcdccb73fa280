// What a device mirrors of a share: full unless told otherwise, told by its user or an admin, written into the log once per change.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { stageShares } from './shares-stage.ts';
import type { SharesStage } from './shares-stage.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

const here = '/sync/preferences?share_id=shr_a&device_id=dev_1';
const selective = { mode: 'selective', include_paths: ['/a'], exclude_paths: ['/a/b'] };

async function withDevice(): Promise<SharesStage> {
  const stage = await stageShares(api);
  await stage.register('dev_1');
  return stage;
}

const written = (stage: SharesStage) => stage.entries('sync.preference_update');

describe('when preferences are asked for', () => {
  it('then a device that was told nothing mirrors everything', async () => {
    const { get } = await withDevice();

    expect((await get(here)).body).toEqual({ mode: 'full', include_paths: [], exclude_paths: [] });
  });

  it('then they are what was told last, of this share alone', async () => {
    const { get, send, admin } = await withDevice();
    await send('PUT', '/directory/profiles/shr_b/members/usr_m', { role: 'viewer' }, admin);
    const put = await send('PUT', here, selective);

    expect([put.status, put.body]).toEqual([200, selective]);
    expect((await get(here)).body).toEqual(selective);
    expect((await get(here.replace('shr_a', 'shr_b'))).body.mode).toBe('full');
  });

  it('then what is left out of a PUT is empty', async () => {
    const { get, send } = await withDevice();
    await send('PUT', here, selective);
    await send('PUT', here, { mode: 'paused' });

    expect((await get(here)).body).toEqual({ mode: 'paused', include_paths: [], exclude_paths: [] });
  });
});

describe('when preferences change', () => {
  it('then one internal entry says so, for the device’s user', async () => {
    const stage = await withDevice();
    await stage.send('PUT', here, selective);

    expect(await written(stage)).toMatchObject([{ visibility: 'internal', target_user_id: 'usr_m', share_id: 'shr_a', resource_id: 'dev_1', change_type: null, outcome: 'success' }]);
  });

  it('then saying the same again writes nothing', async () => {
    const stage = await withDevice();
    await stage.send('PUT', here, { mode: 'full' });
    await stage.send('PUT', here, selective);
    await stage.send('PUT', here, selective);

    expect(await written(stage)).toHaveLength(1);
  });

  it('then an admin may tell any device, and the entry names both', async () => {
    const stage = await withDevice();
    const put = await stage.send('PUT', here, selective, stage.admin);

    expect(put.status).toBe(200);
    expect(await written(stage)).toMatchObject([{ user_id: 'admin', target_user_id: 'usr_m' }]);
    expect((await stage.get(here)).body).toEqual(selective);
  });

  it('then another user is told that there is no such device, and nothing changes', async () => {
    const { get, send, other } = await withDevice();

    expect((await send('PUT', here, selective, other)).status).toBe(404);
    expect((await get(here, other)).status).toBe(404);
    expect((await get(here)).body.mode).toBe('full');
  });

  it('then a share that its user may not read is unknown', async () => {
    const { send } = await withDevice();

    expect((await send('PUT', here.replace('shr_a', 'shr_b'), selective)).status).toBe(404);
  });

  it.each([
    [{}, 'mode'],
    [{ mode: 'some' }, 'mode'],
    [{ mode: 'full', include_paths: '/a' }, 'include_paths'],
    [{ mode: 'full', exclude_paths: [''] }, 'exclude_paths[0]'],
    [{ mode: 'full', colour: 'red' }, 'colour'],
  ])('then %j is refused and %s is named', async (json, field) => {
    const { send } = await withDevice();
    const { status, body } = await send('PUT', here, json);

    expect(status).toBe(422);
    expect(body.error.details.fields.map((problem: { field: string }) => problem.field)).toContain(field);
  });
});
