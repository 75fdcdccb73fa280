// The two polls as clients meet them: parameters, defaults, answers, refusals, rights, row by row.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { activityOf, fieldsOf, lastOf, nothing, responseOf, stagePolls } from './poll-stage.ts';
import type { PollStage } from './poll-stage.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

let once: Promise<PollStage> | undefined;
/** For what changes nothing. */
const made = (): Promise<PollStage> => (once ??= stagePolls(api));

const stampText = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{6} UTC$/;

describe('when a poll answers', () => {
  it('then it carries the fields with their stamps, how many, and the newest to pass on', async () => {
    const { write, poll } = await stagePolls(api);
    await write({ share_id: 'shr_1', resource_type: 'file', resource_id: 'fil_1' });
    const { status, headers, body } = await poll('shr_1/?fields=storage,storage:fil_1,settings');

    expect(status).toBe(200);
    const { activity, lastactivity } = responseOf({ status, headers, body });
    expect(body).toEqual({ result: 'yes', response: { results: 3, activity: expect.any(Object), lastactivity: activity.storage } });
    expect(Object.keys(activity).sort()).toEqual(['settings', 'storage', 'storage:fil_1']);
    for (const stamp of Object.values(activity)) expect(stamp).toMatch(stampText);
    expect(activity['storage:fil_1']).toBe(lastactivity);
  });

  it('then a token that is limited to a profile reaches that one, and not its user’s own, where all that concerns the user is stamped', async () => {
    const { tenantId, write, poll, put } = await stagePolls(api);
    await put('profiles/ws_2', { type: 'workspace', name: 'Elsewhere', parent_id: 'org_1' });
    await write({ event_type: 'share.member_added', workspace_id: 'ws_2', target_user_id: 'usr_m' });
    const limited = await tokenFor({ tenantId, userId: 'usr_m', entities: ['share:shr_1'] });

    expect(fieldsOf(await poll(''))).toContain('member:usr_m');
    for (const own of ['', 'usr_m/', 'ws_1/', 'ws_2/']) expect(await poll(own, limited)).toMatchObject({ status: 400, body: { result: 'no', error: { code: 1605 } } });
    expect((await poll('shr_1/', limited)).status).toBe(200);
  });

  it('then nothing is an empty list without lastactivity', async () => {
    const { poll, stranger } = await stagePolls(api);

    expect((await poll('', stranger)).body).toEqual(nothing);
    expect((await poll('shr_1/?fields=storage')).body).toEqual(nothing);
    expect((await poll('shr_1/?updated=1')).body).toEqual(nothing);
  });

  it('then a field with an id also stamps the bare field, and a membership stamps members', async () => {
    const { write, poll } = await stagePolls(api);
    const first = await poll('shr_1/');
    await write({ share_id: 'shr_1', resource_id: 'fil_1', activity: ['preview:fil_1', 'member:usr_9', 'workflow', 'cloudsync', 'ai_state:c1'] });

    expect(fieldsOf(await poll(`shr_1/?updated&lastactivity=${lastOf(first)}`))).toEqual(
      ['ai_state', 'ai_state:c1', 'cloudsync', 'member:usr_9', 'members', 'preview', 'preview:fil_1', 'workflow'],
    );
    expect(fieldsOf(await poll('shr_1/?fields=member,preview:fil_1,preview:other'))).toEqual(['members', 'preview:fil_1']);
  });

  it('then stamps of a field strictly increase, also within one call of ingest', async () => {
    const { admin, poll } = await stagePolls(api);
    const events = Array.from({ length: 50 }, (_, index) => ({ event_type: 'file.update', share_id: 'shr_1', resource_type: 'file', resource_id: `f${String(index)}` }));
    await api.call('/api/v1/events', { method: 'POST', token: admin, json: { events } });
    const activity = activityOf(await poll('shr_1/'));
    const stamps = events.map(({ resource_id: id }) => activity[`storage:${id}`]);

    expect(new Set(stamps).size).toBe(50);
    expect([...stamps].sort()).toEqual(stamps);
    expect(activity['storage']).toBe(stamps.at(-1));
  });
});

describe('when lastactivity and updated are given', () => {
  it('then lastactivity decides when to answer, and updated narrows what is answered', async () => {
    const { write, poll } = await stagePolls(api);
    await write({ share_id: 'shr_1', resource_id: 'fil_1', activity: ['storage:fil_1'] });
    const first = await poll('shr_1/');
    expect((await poll(`shr_1/?lastactivity=${lastOf(first)}`)).body).toEqual(nothing);
    await write({ share_id: 'shr_1', resource_id: 'fil_2', activity: ['comments:fil_2'] });

    const all = await poll(`shr_1/?lastactivity=${lastOf(first)}`);
    expect(fieldsOf(all)).toEqual([...fieldsOf(first), 'comments', 'comments:fil_2'].sort());
    const updated = await poll(`shr_1/?updated=1&lastactivity=${lastOf(first)}`);
    expect(fieldsOf(updated)).toEqual(['comments', 'comments:fil_2']);
    expect(activityOf(updated)['comments']).toBe(activityOf(all)['comments']);
    expect((await poll(`shr_1/?fields=storage&lastactivity=${lastOf(first)}`)).body).toEqual(nothing);
  });

  it.each(['2025-01-20 10:30:45.123456', '2025-01-20 10:30:45', '2025-01-20 10:30:45.1 UTC', '2025-01-20T10:30:45.123456Z'])('then %s is understood', async (text) => {
    const { write, poll } = await made();
    await write({ share_id: 'shr_1', resource_id: 'fil_1' });

    expect((await poll(`shr_1/?lastactivity=${encodeURIComponent(text)}`)).body.response.results).toBeGreaterThan(0);
  });

  it('then one in the future is waited for', async () => {
    const { write, poll } = await stagePolls(api);
    const waiting = poll('shr_1/?wait=1&lastactivity=2999-01-01%2000:00:00.000000');
    await write({ share_id: 'shr_1', resource_id: 'fil_1' });

    expect((await waiting).body).toEqual(nothing);
  });
});

describe('when an entry is written', () => {
  it('then it touches every profile it names, and the user it concerns', async () => {
    const { write, poll, admin } = await stagePolls(api);
    await write({ org_id: 'org_1', workspace_id: 'ws_1', share_id: 'shr_1', target_user_id: 'usr_m', activity: ['workflow:w1'] });

    for (const place of ['org_1/', 'ws_1/', 'shr_1/']) expect(activityOf(await poll(`${place}?fields=workflow`, admin))).toHaveProperty('workflow');
    for (const own of ['', 'usr_m/']) expect(activityOf(await poll(`${own}?fields=workflow`))).toHaveProperty('workflow');
  });

  it('then an upload touches its actor, and nothing else of the actor', async () => {
    const { write, poll, stranger } = await stagePolls(api);
    await write({ user_id: 'usr_s', workspace_id: 'ws_1', activity: ['upload:up_1', 'storage:fil_1'] });

    expect(fieldsOf(await poll('usr_s/', stranger))).toEqual(['upload', 'upload:up_1']);
  });

  it('then admin and targeted entries stamp for every member, internal ones never', async () => {
    const { write, poll } = await stagePolls(api);
    for (const [permission, key] of [['admin', 'billing_a'], ['targeted', 'billing_t']]) await write({ share_id: 'shr_1', permission, activity: [key] });
    await write({ share_id: 'shr_1', visibility: 'internal', activity: ['billing_i'] });

    expect(fieldsOf(await poll('shr_1/?fields=billing_a,billing_t,billing_i'))).toEqual(['billing_a', 'billing_t']);
  });

  it('then a profile is not told of another, nor a tenant of another', async () => {
    const one = await stagePolls(api);
    const other = await stagePolls(api);
    const before = await other.poll('shr_1/');
    await one.write({ share_id: 'shr_1', activity: ['secret:x'] });

    expect(fieldsOf(await one.poll('ws_1/'))).not.toContain('secret');
    expect((await other.poll('shr_1/')).body).toEqual(before.body);
  });

  it('then a field that is named like a trap of the language is a field', async () => {
    const { write, member } = await stagePolls(api);
    await write({ share_id: 'shr_1', activity: ['__proto__'] });
    const answer = await fetch(`${api.url}/current/activity/poll/shr_1/?fields=__proto__`, { headers: { authorization: `Bearer ${member}` } });

    expect(await answer.text()).toMatch(/"results":1,"activity":\{"__proto__":"20/);
  });
});

describe('when a poll is refused', () => {
  const tooMany = Array.from({ length: 31 }, (_, index) => `storage:f${String(index)}`).join(',');
  it.each([
    ['wait=96'],
    ['wait=-1'],
    ['wait=x'],
    ['lastactivity=yesterday'],
    ['lastactivity=2025-02-31%2010:00:00'],
    ['fields='],
    ['fields=storage,,members'],
    ['fields=no%20field'],
    ['fields=UPPER'],
    [`fields=${tooMany}`],
    ['surprise=1'],
  ])('then %s is 1605', async (query) => {
    const { poll } = await made();

    for (const place of ['', 'shr_1/']) expect(await poll(`${place}?${query}`)).toMatchObject({ status: 400, body: { result: 'no', error: { code: 1605 } } });
  });

  it('then thirty fields and 95 seconds are still taken', async () => {
    const { write, poll } = await stagePolls(api);
    await write({ share_id: 'shr_1', activity: ['storage:f1'] });

    expect((await poll(`shr_1/?wait=95&fields=${tooMany.split(',').slice(0, 30).join(',')}`)).status).toBe(200);
  });

  it.each(['bad.id/', 'nowhere/', 'org_1/', 'usr_9/', 'shr_solo/'])('then %s is 1605 for a member who may not, or which does not exist', async (place) => {
    const { poll } = await made();

    expect(await poll(place)).toMatchObject({ status: 400, body: { result: 'no', error: { code: 1605 } } });
  });

  it('then what fails on our side is 1665', async () => {
    const { poll } = await made();
    const failing = jest.spyOn(api.world.activity, 'poll').mockRejectedValueOnce(new Error('as if it failed'));

    expect(await poll('')).toMatchObject({ status: 500, body: { result: 'no', error: { code: 1665 } } });
    failing.mockRestore();
  });

  it('then no token is 1650 and another method 1651', async () => {
    const { member } = await made();
    const bare = await fetch(`${api.url}/current/activity/poll/`);
    expect([bare.status, ((await bare.json()) as { error: { code: number } }).error.code]).toEqual([401, 1650]);
    const posted = await api.call('/current/activity/poll/', { method: 'POST', token: member, json: {} });
    expect([posted.status, posted.body.error.code]).toEqual([400, 1651]);
  });
});
