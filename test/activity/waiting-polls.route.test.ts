// A poll that is held back: what it waits for, what ends it, and what is left of it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createActivity } from '../../db/activity/activity.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { fieldsOf, held, lastOf, nothing, stagePolls } from './poll-stage.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

describe('when a poll waits', () => {
  it('then it answers as soon as its field changes, and not for another', async () => {
    const { write, poll } = await stagePolls(api);
    const first = await poll('shr_1/');
    const startedAtMs = performance.now();
    const { waiting } = await held(api, () => poll(`shr_1/?wait=20&updated=1&fields=comments&lastactivity=${lastOf(first)}`));
    await write({ share_id: 'shr_1', resource_id: 'fil_1', activity: ['storage:fil_1'] });
    await write({ share_id: 'shr_1', resource_id: 'fil_1', activity: ['comments:fil_1'] });

    expect(fieldsOf(await waiting)).toEqual(['comments']);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect(api.world.activity.held).toBe(0);
  });

  it('then without updated it answers all that is known, with the new stamp', async () => {
    const { write, poll } = await stagePolls(api);
    const first = await poll('shr_1/');
    const { waiting } = await held(api, () => poll(`shr_1/?wait=20&lastactivity=${lastOf(first)}`));
    await write({ share_id: 'shr_1', resource_id: 'fil_1', activity: ['comments:fil_1'] });

    expect(fieldsOf(await waiting)).toEqual([...fieldsOf(first), 'comments', 'comments:fil_1'].sort());
  });

  it('then a first call that knows nothing waits for the first', async () => {
    const { write, poll, stranger } = await stagePolls(api);
    const { waiting } = await held(api, () => poll('?wait=20', stranger));
    await write({ target_user_id: 'usr_s', activity: ['upload:up_1'] });

    expect(fieldsOf(await waiting)).toEqual(['upload', 'upload:up_1']);
  });

  it('then it answers nothing when the time is up', async () => {
    const { poll } = await stagePolls(api);

    expect((await poll('shr_1/?wait=1&updated=1')).body).toEqual(nothing);
  });

  it('then the end of its token ends it, with 401, and whoever does not wait is answered while the token is still taken', async () => {
    const { poll, tenantId } = await stagePolls(api);
    const waiting = poll('?wait=20&updated=1', await tokenFor({ tenantId, userId: 'usr_m', expiresIn: '2s' }));
    const startedAtMs = performance.now();
    expect(await waiting).toMatchObject({ status: 401, body: { result: 'no', error: { code: 1650 } } });
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    const justOver = await tokenFor({ tenantId, userId: 'usr_m', expiresIn: '-1s' });

    expect(await poll('?updated=1', justOver)).toMatchObject({ status: 200 });
    expect(await poll('?wait=20&updated=1', justOver)).toMatchObject({ status: 401 });
    expect(api.world.activity.held).toBe(0);
  });

  it('then losing the profile refuses it, and news of after the loss are not shown', async () => {
    const { admin, poll } = await stagePolls(api);
    const { waiting } = await held(api, () => poll('shr_1/?wait=20&updated=1'));
    await api.call('/api/v1/directory/profiles/shr_1/members/usr_m', { method: 'DELETE', token: admin });

    expect(await waiting).toMatchObject({ status: 400, body: { result: 'no', error: { code: 1605 } } });
  });

  it('then suspending its user ends it', async () => {
    const { put, poll } = await stagePolls(api);
    const { waiting } = await held(api, () => poll('?wait=20&updated=1'));
    await put('users/usr_m', { email: 'm@example.com', name: 'M', status: 'suspended' });

    expect((await waiting).status).toBe(403);
  });

  it('then a group that loses its member ends it', async () => {
    const { put, poll, tenantId } = await stagePolls(api);
    const token = await tokenFor({ tenantId, userId: 'usr_g' });
    await put('users/usr_g', { email: 'g@example.com', name: 'G' });
    await put('groups/grp_1', { name: 'Group', members: ['usr_g'] });
    await put('profiles/shr_1/members/grp_1', { role: 'member' });
    const { waiting } = await held(api, () => poll('shr_1/?wait=20&updated=1', token));
    await put('groups/grp_1', { name: 'Group', members: [] });

    expect((await waiting).status).toBe(400);
  });

  it('then a client that leaves frees its place at once', async () => {
    const { poll, stranger } = await stagePolls(api);
    const leave = new AbortController();
    const left = fetch(`${api.url}/current/activity/poll/?wait=95`, { headers: { authorization: `Bearer ${stranger}` }, signal: leave.signal }).catch(() => 'left');
    await eventually(() => api.world.activity.held === 1);
    leave.abort();

    expect(await left).toBe('left');
    await eventually(() => api.world.activity.held === 0, { limitMs: 500 });
    expect((await poll('')).status).toBe(200);
  });

  it('then multiplayer switched off while it waits ends it', async () => {
    const { put, poll } = await stagePolls(api);
    const { waiting } = await held(api, () => poll('shr_1/?wait=20&updated=1'));
    await put('profiles/shr_1', { type: 'share', name: 'Share', parent_id: 'ws_1', multiplayer: false });

    expect(await waiting).toMatchObject({ status: 400, body: { error: { code: 1605 } } });
  });

  it('then more than a process holds are told to come back, and those that do not wait are answered', async () => {
    const { tenantId } = await stagePolls(api);
    const { pool, tail, clock } = api.world;
    const activity = createActivity({ pool, tail, clock, maxHeld: 1, onError: () => undefined });
    const verified = await api.world.verifier.verify(await tokenFor({ tenantId, userId: 'usr_s' }));
    if (isRefusal(verified)) throw new Error(verified.message);
    const leave = new AbortController();
    const asked = { principal: verified, profileId: null, fields: null, since: null, onlyUpdated: true, waitMs: 20_000, signal: leave.signal, admit: () => undefined };
    const held = activity.poll(asked);
    await eventually(() => activity.held === 1);

    expect(await activity.poll(asked)).toMatchObject({ code: 'TOO_BUSY', retryAfterSeconds: 5 });
    expect(await activity.poll({ ...asked, waitMs: 0 })).toEqual(new Map());
    leave.abort();
    expect(await held).toEqual(new Map());
    expect(activity.held).toBe(0);
    activity.close();
  });
});
