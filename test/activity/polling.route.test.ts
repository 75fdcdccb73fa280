// The two polls as clients meet them: parameters, defaults, answers, refusals, rights, row by row.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createActivity } from '../../db/activity/activity.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';

let api: TestApi;
let tenants = 0;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

interface Made {
  readonly tenantId: string;
  readonly admin: string;
  readonly member: string;
  /** Of somebody whom nothing has concerned yet. */
  readonly stranger: string;
  put(path: string, json: unknown): Promise<Answered>;
  write(entry: Readonly<Record<string, unknown>>): Promise<Answered>;
  poll(path: string, token?: string): Promise<Answered>;
}

/** Org org_1 over workspace ws_1 over share shr_1, and share shr_solo without multiplayer; usr_m is a member of ws_1, shr_1 and shr_solo. */
async function tenantWithPlaces(): Promise<Made> {
  tenants += 1;
  const tenantId = `act${String(tenants)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
  const member = await tokenFor({ tenantId, userId: 'usr_m' });
  const put = async (path: string, json: unknown) => {
    const answer = await api.call(`/api/v1/directory/${path}`, { method: 'PUT', token: admin, json });
    expect(answer.status).toBeLessThan(300);
    return answer;
  };
  await put('profiles/org_1', { type: 'org', name: 'Org' });
  await put('profiles/ws_1', { type: 'workspace', name: 'Work', parent_id: 'org_1' });
  await put('profiles/shr_1', { type: 'share', name: 'Share', parent_id: 'ws_1' });
  await put('profiles/shr_solo', { type: 'share', name: 'Solo', multiplayer: false });
  await put('users/usr_m', { email: 'm@example.com', name: 'M' });
  for (const id of ['ws_1', 'shr_1', 'shr_solo']) await put(`profiles/${id}/members/usr_m`, { role: 'member' });
  return {
    tenantId,
    admin,
    member,
    stranger: await tokenFor({ tenantId, userId: 'usr_s' }),
    put,
    write: (entry) => api.call('/api/v1/events', { method: 'POST', token: admin, json: { event_type: 'file.create', ...entry } }),
    poll: (path, token = member) => api.call(`/current/activity/poll/${path}`, { token }),
  };
}

let once: Promise<Made> | undefined;
/** For what changes nothing. */
const made = (): Promise<Made> => (once ??= tenantWithPlaces());

const stampText = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{6} UTC$/;
const responseOf = ({ body }: Answered) => body.response as { readonly activity: Record<string, string>; readonly lastactivity: string };
const activityOf = (answer: Answered): Record<string, string> => responseOf(answer).activity;
const fieldsOf = (answer: Answered): string[] => Object.keys(activityOf(answer)).sort();
const lastOf = (answer: Answered): string => encodeURIComponent(responseOf(answer).lastactivity);
const nothing = { result: 'yes', response: { results: 0, activity: [] } };

describe('when a poll answers', () => {
  it('then it carries the fields with their stamps, how many, and the newest to pass on', async () => {
    const { write, poll } = await tenantWithPlaces();
    await write({ share_id: 'shr_1', resource_type: 'file', resource_id: 'fil_1' });
    const { status, headers, body } = await poll('shr_1/?fields=storage,storage:fil_1,settings');

    expect(status).toBe(200);
    const { activity, lastactivity } = responseOf({ status, headers, body });
    expect(body).toEqual({ result: 'yes', response: { results: 3, activity: expect.any(Object), lastactivity: activity.storage } });
    expect(Object.keys(activity).sort()).toEqual(['settings', 'storage', 'storage:fil_1']);
    for (const stamp of Object.values(activity)) expect(stamp).toMatch(stampText);
    expect(activity['storage:fil_1']).toBe(lastactivity);
  });

  it('then nothing is an empty list without lastactivity', async () => {
    const { poll, stranger } = await tenantWithPlaces();

    expect((await poll('', stranger)).body).toEqual(nothing);
    expect((await poll('shr_1/?fields=storage')).body).toEqual(nothing);
    expect((await poll('shr_1/?updated=1')).body).toEqual(nothing);
  });

  it('then a field with an id also stamps the bare field, and a membership stamps members', async () => {
    const { write, poll } = await tenantWithPlaces();
    const first = await poll('shr_1/');
    await write({ share_id: 'shr_1', resource_id: 'fil_1', activity: ['preview:fil_1', 'member:usr_9', 'workflow', 'cloudsync', 'ai_state:c1'] });

    expect(fieldsOf(await poll(`shr_1/?updated&lastactivity=${lastOf(first)}`))).toEqual(
      ['ai_state', 'ai_state:c1', 'cloudsync', 'member:usr_9', 'members', 'preview', 'preview:fil_1', 'workflow'],
    );
    expect(fieldsOf(await poll('shr_1/?fields=member,preview:fil_1,preview:other'))).toEqual(['members', 'preview:fil_1']);
  });

  it('then stamps of a field strictly increase, also within one call of ingest', async () => {
    const { admin, poll } = await tenantWithPlaces();
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
    const { write, poll } = await tenantWithPlaces();
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
    const { write, poll } = await tenantWithPlaces();
    const waiting = poll('shr_1/?wait=1&lastactivity=2999-01-01%2000:00:00.000000');
    await write({ share_id: 'shr_1', resource_id: 'fil_1' });

    expect((await waiting).body).toEqual(nothing);
  });
});

describe('when a poll waits', () => {
  it('then it answers as soon as its field changes, and not for another', async () => {
    const { write, poll } = await tenantWithPlaces();
    const first = await poll('shr_1/');
    const startedAtMs = performance.now();
    const waiting = poll(`shr_1/?wait=20&updated=1&fields=comments&lastactivity=${lastOf(first)}`);
    await eventually(() => api.world.activity.held === 1);
    await write({ share_id: 'shr_1', resource_id: 'fil_1', activity: ['storage:fil_1'] });
    await write({ share_id: 'shr_1', resource_id: 'fil_1', activity: ['comments:fil_1'] });

    expect(fieldsOf(await waiting)).toEqual(['comments']);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect(api.world.activity.held).toBe(0);
  });

  it('then without updated it answers all that is known, with the new stamp', async () => {
    const { write, poll } = await tenantWithPlaces();
    const first = await poll('shr_1/');
    const waiting = poll(`shr_1/?wait=20&lastactivity=${lastOf(first)}`);
    await eventually(() => api.world.activity.held === 1);
    await write({ share_id: 'shr_1', resource_id: 'fil_1', activity: ['comments:fil_1'] });

    expect(fieldsOf(await waiting)).toEqual([...fieldsOf(first), 'comments', 'comments:fil_1'].sort());
  });

  it('then a first call that knows nothing waits for the first', async () => {
    const { write, poll, stranger } = await tenantWithPlaces();
    const waiting = poll('?wait=20', stranger);
    await eventually(() => api.world.activity.held === 1);
    await write({ target_user_id: 'usr_s', activity: ['upload:up_1'] });

    expect(fieldsOf(await waiting)).toEqual(['upload', 'upload:up_1']);
  });

  it('then it answers nothing when the time is up', async () => {
    const { poll } = await tenantWithPlaces();

    expect((await poll('shr_1/?wait=1&updated=1')).body).toEqual(nothing);
  });

  it('then losing the profile refuses it, and news of after the loss are not shown', async () => {
    const { admin, poll } = await tenantWithPlaces();
    const waiting = poll('shr_1/?wait=20&updated=1');
    await eventually(() => api.world.activity.held === 1);
    await api.call('/api/v1/directory/profiles/shr_1/members/usr_m', { method: 'DELETE', token: admin });

    expect(await waiting).toMatchObject({ status: 400, body: { result: 'no', error: { code: 1605 } } });
  });

  it('then suspending its user ends it', async () => {
    const { put, poll } = await tenantWithPlaces();
    const waiting = poll('?wait=20&updated=1');
    await eventually(() => api.world.activity.held === 1);
    await put('users/usr_m', { email: 'm@example.com', name: 'M', status: 'suspended' });

    expect((await waiting).status).toBe(403);
  });

  it('then a group that loses its member ends it', async () => {
    const { put, poll, tenantId } = await tenantWithPlaces();
    const token = await tokenFor({ tenantId, userId: 'usr_g' });
    await put('users/usr_g', { email: 'g@example.com', name: 'G' });
    await put('groups/grp_1', { name: 'Group', members: ['usr_g'] });
    await put('profiles/shr_1/members/grp_1', { role: 'member' });
    const waiting = poll('shr_1/?wait=20&updated=1', token);
    await eventually(() => api.world.activity.held === 1);
    await put('groups/grp_1', { name: 'Group', members: [] });

    expect((await waiting).status).toBe(400);
  });

  it('then a client that leaves frees its place at once', async () => {
    const { poll, stranger } = await tenantWithPlaces();
    const leave = new AbortController();
    const left = fetch(`${api.url}/current/activity/poll/?wait=95`, { headers: { authorization: `Bearer ${stranger}` }, signal: leave.signal }).catch(() => 'left');
    await eventually(() => api.world.activity.held === 1);
    leave.abort();

    expect(await left).toBe('left');
    await eventually(() => api.world.activity.held === 0, { limitMs: 500 });
    expect((await poll('')).status).toBe(200);
  });
});

describe('when an entry is written', () => {
  it('then it touches every profile it names, and the user it concerns', async () => {
    const { write, poll, admin } = await tenantWithPlaces();
    await write({ org_id: 'org_1', workspace_id: 'ws_1', share_id: 'shr_1', target_user_id: 'usr_m', activity: ['workflow:w1'] });

    for (const place of ['org_1/', 'ws_1/', 'shr_1/']) expect(activityOf(await poll(`${place}?fields=workflow`, admin))).toHaveProperty('workflow');
    for (const own of ['', 'usr_m/']) expect(activityOf(await poll(`${own}?fields=workflow`))).toHaveProperty('workflow');
  });

  it('then an upload touches its actor, and nothing else of the actor', async () => {
    const { write, poll, stranger } = await tenantWithPlaces();
    await write({ user_id: 'usr_s', workspace_id: 'ws_1', activity: ['upload:up_1', 'storage:fil_1'] });

    expect(fieldsOf(await poll('usr_s/', stranger))).toEqual(['upload', 'upload:up_1']);
  });

  it('then admin and targeted entries stamp for every member, internal ones never', async () => {
    const { write, poll } = await tenantWithPlaces();
    for (const [permission, key] of [['admin', 'billing_a'], ['targeted', 'billing_t']]) await write({ share_id: 'shr_1', permission, activity: [key] });
    await write({ share_id: 'shr_1', visibility: 'internal', activity: ['billing_i'] });

    expect(fieldsOf(await poll('shr_1/?fields=billing_a,billing_t,billing_i'))).toEqual(['billing_a', 'billing_t']);
  });

  it('then a profile is not told of another, nor a tenant of another', async () => {
    const one = await tenantWithPlaces();
    const other = await tenantWithPlaces();
    const before = await other.poll('shr_1/');
    await one.write({ share_id: 'shr_1', activity: ['secret:x'] });

    expect(fieldsOf(await one.poll('ws_1/'))).not.toContain('secret');
    expect((await other.poll('shr_1/')).body).toEqual(before.body);
  });

  it('then a field that is named like a trap of the language is a field', async () => {
    const { write, member } = await tenantWithPlaces();
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
    const { write, poll } = await tenantWithPlaces();
    await write({ share_id: 'shr_1', activity: ['storage:f1'] });

    expect((await poll(`shr_1/?wait=95&fields=${tooMany.split(',').slice(0, 30).join(',')}`)).status).toBe(200);
  });

  it.each(['bad.id/', 'nowhere/', 'org_1/', 'usr_9/', 'shr_solo/'])('then %s is 1605 for a member who may not, or which does not exist', async (place) => {
    const { poll } = await made();

    expect(await poll(place)).toMatchObject({ status: 400, body: { result: 'no', error: { code: 1605 } } });
  });

  it('then multiplayer switched off while it waits ends it', async () => {
    const { put, poll } = await tenantWithPlaces();
    const waiting = poll('shr_1/?wait=20&updated=1');
    await eventually(() => api.world.activity.held === 1);
    await put('profiles/shr_1', { type: 'share', name: 'Share', parent_id: 'ws_1', multiplayer: false });

    expect(await waiting).toMatchObject({ status: 400, body: { error: { code: 1605 } } });
  });

  it('then what fails on our side is 1665', async () => {
    const { poll } = await made();
    const failing = jest.spyOn(api.world.activity, 'poll').mockRejectedValueOnce(new Error('as if it failed'));

    expect(await poll('')).toMatchObject({ status: 500, body: { result: 'no', error: { code: 1665 } } });
    failing.mockRestore();
  });

  it('then more than a process holds are told to come back, and those that do not wait are answered', async () => {
    const { tenantId } = await made();
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

  it('then no token is 1650 and another method 1651', async () => {
    const { member } = await made();
    const bare = await fetch(`${api.url}/current/activity/poll/`);
    expect([bare.status, ((await bare.json()) as { error: { code: number } }).error.code]).toEqual([401, 1650]);
    const posted = await api.call('/current/activity/poll/', { method: 'POST', token: member, json: {} });
    expect([posted.status, posted.body.error.code]).toEqual([400, 1651]);
  });
});
