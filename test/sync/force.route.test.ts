// A full sync, asked for by an administrator: an internal entry of the share that no change log shows.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { stageShares } from './shares-stage.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

describe('when a full sync is asked for', () => {
  it('then it is accepted, and one internal entry of that share says so', async () => {
    const { send, admin, entries } = await stageShares(api);
    const { status, body } = await send('POST', '/sync/force', { share_id: 'shr_a' }, admin);
    const [entry, ...more] = await entries('sync.force');

    expect([status, body]).toEqual([202, { share_id: 'shr_a', id: `evt_${String(entry?.['id'])}` }]);
    expect(entry).toMatchObject({ visibility: 'internal', share_id: 'shr_a', resource_type: 'share', resource_id: 'shr_a', user_id: 'admin', change_type: null });
    expect(more).toEqual([]);
  });

  it('then the change log shows nothing of it', async () => {
    const { send, get, admin } = await stageShares(api);
    const { body } = await get('/sync/changes', admin);
    await send('POST', '/sync/force', { share_id: 'shr_a' }, admin);

    expect((await get(`/sync/changes?cursor=${encodeURIComponent(String(body.cursor))}`, admin)).body.changes).toEqual([]);
  });

  it('then a member, even the share’s owner, may not ask for it', async () => {
    const { send, admin } = await stageShares(api);
    await send('PUT', '/directory/profiles/shr_a/members/usr_m', { role: 'owner' }, admin);

    expect((await send('POST', '/sync/force', { share_id: 'shr_a' })).status).toBe(403);
  });

  it('then a share that is not there is unknown', async () => {
    const { send, admin } = await stageShares(api);

    expect((await send('POST', '/sync/force', { share_id: 'shr_9' }, admin)).status).toBe(404);
  });

  it.each([[{}], [{ share_id: 'not an id' }], [{ share_id: 'shr_a', device_id: 'dev_1' }]])('then %j is refused', async (json) => {
    const { send, admin } = await stageShares(api);

    expect((await send('POST', '/sync/force', json, admin)).status).toBe(422);
  });
});
