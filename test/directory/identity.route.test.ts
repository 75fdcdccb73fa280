// The identity provider's webhook: only what it signed, each event once, in the order of its events, and at once.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decideDelivery } from '../../domain/directory/decide-delivery.ts';
import { judgeSignature, signatureOf } from '../../domain/directory/identity-signature.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';

const oldSecret = 'the secret that is going';
const newSecret = 'the secret that is coming';
let api: TestApi;
let tenants = 0;
let events = 0;

beforeAll(async () => {
  api = await startTestApi({ identitySecrets: [oldSecret, newSecret] });
});
afterAll(async () => {
  await api.end();
});

interface Sending {
  readonly secret?: string;
  readonly skewSeconds?: number;
  readonly signature?: string;
  readonly tamper?: (body: string) => string;
}

async function post(body: string, { secret = newSecret, skewSeconds = 0, signature, tamper = (text) => text }: Sending = {}) {
  const t = String(Math.floor(Date.now() / 1000) + skewSeconds);
  const signed = signature ?? `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
  const answer = await fetch(`${api.url}/api/v1/webhooks/scaikey`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(signed === '' ? {} : { 'x-scaikey-signature': signed }) },
    body: tamper(body),
    signal: AbortSignal.timeout(20_000),
  });
  const received = (await answer.json()) as { status?: string; detail?: string; error?: { code: string; details?: unknown } };
  return { http: answer.status, ...received };
}

interface Event {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at?: string;
  readonly id?: string;
}

async function tenantWithProvider() {
  tenants += 1;
  const tenantId = `idp${String(tenants)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin events:write' });
  const bodyOf = ({ type, data, at = new Date().toISOString(), id }: Event): string => {
    events += 1;
    return JSON.stringify({
      event_id: id ?? `evt_${String(events)}`,
      event_type: type,
      timestamp: at,
      resource: { type: type.split('.')[0], id: data.id },
      actor: { id: 'adm_1', type: 'admin' },
      data: { ...data, tenant: { id: tenantId, name: 'Example' } },
      tenant_id: tenantId,
      partner_id: null,
    });
  };
  return {
    tenantId,
    bodyOf,
    deliver: (event: Event, sending?: Sending) => post(bodyOf(event), sending),
    user: async (id: string) => (await api.call(`/api/v1/directory/users/${id}`, { token: admin })).body as Record<string, unknown>,
    group: async (id: string) => api.call(`/api/v1/directory/groups/${id}`, { token: admin }),
    entries: async () =>
      (await queryAs<{ own_action: string; user_id: string; service_account: string }>(api.world.pool, tenantId, {
        text: `SELECT own_action, user_id, service_account FROM entry WHERE tenant_id = $1 AND own_action <> 'create_tenant' ORDER BY seq`,
        values: [tenantId],
      })),
  };
}

const ann = { id: 'usr_ann', email: 'ann@example.com', first_name: 'Ann', last_name: 'Lee', status: 'ACTIVE' };

describe('when the provider tells of a user', () => {
  it('then the user stands in the directory, and one entry says who did it and by which service', async () => {
    const { deliver, user, entries } = await tenantWithProvider();

    expect(await deliver({ type: 'user.created', data: ann })).toMatchObject({ http: 200, status: 'applied' });
    expect(await user('usr_ann')).toMatchObject({ email: 'ann@example.com', name: 'Ann Lee', status: 'active' });
    expect(await entries()).toEqual([{ own_action: 'create_user', user_id: 'adm_1', service_account: 'scaikey' }]);
  });

  it('then SUSPENDED in an update suspends at once, and a request of that user is refused', async () => {
    const { tenantId, deliver } = await tenantWithProvider();
    await deliver({ type: 'user.created', data: ann });
    const token = await tokenFor({ tenantId, userId: 'usr_ann' });
    expect((await api.call('/api/v1/sync/changes', { token })).status).toBe(200);

    expect(await deliver({ type: 'user.updated', data: { ...ann, status: 'SUSPENDED' } })).toMatchObject({ http: 200, status: 'applied' });
    expect((await api.call('/api/v1/sync/changes', { token })).status).toBe(403);
  });

  it('then somebody who is PENDING is in the directory and may nothing, until they are ACTIVE', async () => {
    const { tenantId, deliver, user } = await tenantWithProvider();
    const knock = async () => (await api.call('/api/v1/sync/changes', { token: await tokenFor({ tenantId, userId: 'usr_ann' }) })).status;
    expect(await deliver({ type: 'user.created', data: { ...ann, status: 'PENDING' } })).toMatchObject({ http: 200, status: 'applied' });
    expect(await user('usr_ann')).toMatchObject({ email: 'ann@example.com', status: 'deactivated' });
    expect(await knock()).toBe(403);

    expect(await deliver({ type: 'user.updated', data: ann })).toMatchObject({ http: 200, status: 'applied' });
    expect(await user('usr_ann')).toMatchObject({ status: 'active' });
  });

  it('then a deletion takes the rights and leaves the trail', async () => {
    const { deliver, user, entries } = await tenantWithProvider();
    await deliver({ type: 'user.created', data: ann });

    expect(await deliver({ type: 'user.deleted', data: { id: ann.id } })).toMatchObject({ http: 200, status: 'applied' });
    expect(await user('usr_ann')).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect((await entries()).map(({ own_action: action }) => action)).toEqual(['create_user', 'delete_user']);
  });
});

describe('when the provider tells of a group', () => {
  it('then the list replaces the members', async () => {
    const { deliver, group } = await tenantWithProvider();
    await deliver({ type: 'user.created', data: ann });
    await deliver({ type: 'user.created', data: { ...ann, id: 'usr_bob', email: 'bob@example.com' } });
    await deliver({ type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] } });
    await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'One', members: ['usr_bob'] } });

    expect((await group('grp_1')).body).toMatchObject({ members: ['usr_bob'] });
  });

  it('then members who are still unknown join as soon as they come, and the membership shows what the group may see', async () => {
    const { tenantId, deliver, group } = await tenantWithProvider();
    const admin = await tokenFor({ tenantId, scope: 'tenant:admin events:write' });
    await api.call('/api/v1/directory/profiles/org_1', { method: 'PUT', token: admin, json: { type: 'org', name: 'Org' } });
    await api.call('/api/v1/directory/profiles/shr_1', { method: 'PUT', token: admin, json: { type: 'share', name: 'Share', parent_id: 'org_1' } });
    await deliver({ type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] } });
    await api.call('/api/v1/directory/profiles/shr_1/members/grp_1', { method: 'PUT', token: admin, json: { role: 'member' } });
    const token = await tokenFor({ tenantId, userId: 'usr_ann' });
    expect((await api.call('/api/v1/sync/changes?share_id=shr_1', { token })).status).toBe(404);

    await deliver({ type: 'user.created', data: ann });
    expect((await group('grp_1')).body).toMatchObject({ members: ['usr_ann'] });
    expect((await api.call('/api/v1/sync/changes?share_id=shr_1', { token })).status).toBe(200);

    await deliver({ type: 'group.deleted', data: { id: 'grp_1' } });
    expect((await group('grp_1')).status).toBe(404);
    expect((await api.call('/api/v1/sync/changes?share_id=shr_1', { token })).status).toBe(404);
  });
});

describe('when an administrator writes while a member is awaited', () => {
  const awaiting = async () => {
    const tenant = await tenantWithProvider();
    const admin = await tokenFor({ tenantId: tenant.tenantId, scope: 'tenant:admin' });
    expect(await tenant.deliver({ type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] } })).toMatchObject({ status: 'applied' });
    const write = async (method: string, path: string, json?: object) => (await api.call(`/api/v1/directory/${path}`, { method, token: admin, json })).status;
    const membersAfterArrival = async () => {
      expect(await tenant.deliver({ type: 'user.updated', data: ann })).toMatchObject({ http: 200 });
      return ((await tenant.group('grp_1')).body as { members?: string[] }).members;
    };
    return { ...tenant, write, membersAfterArrival };
  };
  const putGroup = (members: string[]) => ['PUT', 'groups/grp_1', { name: 'One', members }] as const;

  it('then the members the administrator lists are the members', async () => {
    const { write, membersAfterArrival } = await awaiting();
    expect(await write(...putGroup([]))).toBe(200);

    expect(await membersAfterArrival()).toEqual([]);
  });

  it('then nobody comes into a group that was taken off them, though the provider listed them before they were known', async () => {
    const { write, membersAfterArrival } = await awaiting();
    await write('PUT', 'users/usr_ann', { email: 'ann@example.com', name: 'Ann' });
    expect([await write(...putGroup(['usr_ann'])), await write(...putGroup([]))]).toEqual([200, 200]);

    expect(await membersAfterArrival()).toEqual([]);
  });

  it('then the groups the administrator lists for a user are the groups; a write that lists none leaves it to the provider', async () => {
    const listing = await awaiting();
    await listing.write('PUT', 'users/usr_ann', { email: 'ann@example.com', name: 'Ann', groups: [] });
    const silent = await awaiting();
    await silent.write('PUT', 'users/usr_ann', { email: 'ann@example.com', name: 'Ann' });

    expect(await listing.membersAfterArrival()).toEqual([]);
    expect(await silent.membersAfterArrival()).toEqual(['usr_ann']);
  });

  it('then a group that was closed and made anew awaits nobody', async () => {
    const { write, deliver, membersAfterArrival } = await awaiting();
    expect(await write('DELETE', 'groups/grp_1')).toBe(204);
    expect(await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'Again' } })).toMatchObject({ status: 'applied' });

    expect(await membersAfterArrival()).toEqual([]);
  });

  it('but what the provider lists afterwards is awaited again, and a new name of its own takes nobody off', async () => {
    const { write, deliver, membersAfterArrival } = await awaiting();
    await write(...putGroup([]));
    await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] } });
    await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'Other' } });

    expect(await membersAfterArrival()).toEqual(['usr_ann']);
  });
});

describe('when deliveries come twice, late or in another order', () => {
  it('then the same event changes something once', async () => {
    const { bodyOf, entries } = await tenantWithProvider();
    const body = bodyOf({ type: 'user.created', data: ann });

    const answers = await Promise.all(Array.from({ length: 8 }, () => post(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual(['applied', ...Array.from({ length: 7 }, () => 'duplicate')]);
    expect(await entries()).toHaveLength(1);
  });

  it('then every order of the same events ends in the same state', async () => {
    const steps: Event[] = [
      { type: 'user.created', data: ann, at: '2026-03-01T10:00:00.000Z' },
      { type: 'user.updated', data: { ...ann, last_name: 'Kay' }, at: '2026-03-01T10:00:01.000Z' },
      { type: 'user.updated', data: { ...ann, status: 'SUSPENDED', last_name: 'Kay' }, at: '2026-03-01T10:00:02.000Z' },
    ];
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]]) {
      const { deliver, user } = await tenantWithProvider();
      for (const step of order) await deliver(steps[step] ?? { type: '', data: {} });
      expect(await user('usr_ann')).toMatchObject({ name: 'Ann Kay', status: 'suspended' });
    }
  });

  it('then every order of a group’s events ends with the same members and name, and late ones change nothing', async () => {
    const people = ['usr_ann', 'usr_bob', 'usr_cat'];
    const steps: Event[] = [
      { type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] }, at: '2026-03-01T10:00:00.000Z' },
      { type: 'group.updated', data: { id: 'grp_1', name: 'One', members: ['usr_ann', 'usr_bob'] }, at: '2026-03-01T10:00:01.000Z' },
      { type: 'group.updated', data: { id: 'grp_1', name: 'Two', members: ['usr_cat'] }, at: '2026-03-01T10:00:02.000Z' },
    ];
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]]) {
      const { deliver, group } = await tenantWithProvider();
      for (const id of people) await deliver({ type: 'user.created', data: { ...ann, id, email: `${id}@example.com` } });
      const answers: unknown[] = [];
      for (const step of order) answers.push((await deliver(steps[step] ?? { type: '', data: {} })).status);
      expect((await group('grp_1')).body).toMatchObject({ name: 'Two', members: ['usr_cat'] });
      expect(answers.slice(order.indexOf(2) + 1)).toEqual(order.slice(order.indexOf(2) + 1).map(() => 'stale'));
    }
  });

  it('then a group that was deleted stays so, whatever comes late, also when the deletion came first of all', async () => {
    const { deliver, group } = await tenantWithProvider();
    await deliver({ type: 'user.created', data: ann });
    expect(await deliver({ type: 'group.deleted', data: { id: 'grp_1' }, at: '2026-03-01T10:00:05Z' })).toMatchObject({ status: 'unchanged' });
    expect(await deliver({ type: 'group.created', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] }, at: '2026-03-01T10:00:00Z' })).toMatchObject({ http: 200, status: 'stale' });
    expect(await deliver({ type: 'group.updated', data: { id: 'grp_1', name: 'One', members: ['usr_ann'] }, at: '2026-03-01T10:00:04Z' })).toMatchObject({ http: 200, status: 'stale' });
    expect((await group('grp_1')).status).toBe(404);
  });

  it('then what is late does not bring back who was deleted, also when the deletion came first of all', async () => {
    const { deliver, user } = await tenantWithProvider();
    expect(await deliver({ type: 'user.deleted', data: { id: ann.id }, at: '2026-03-01T10:00:05Z' })).toMatchObject({ http: 200, status: 'unchanged' });
    expect(await deliver({ type: 'user.created', data: ann, at: '2026-03-01T10:00:00Z' })).toMatchObject({ http: 200, status: 'stale' });
    expect(await user('usr_ann')).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });

  it('then of two events at one instant the later delivery counts, but what was closed stays closed', () => {
    const newest = { at: 5, closed: false };
    expect(decideDelivery({ at: 5, closes: false, isKnown: false, newest })).toBe('apply');
    expect(decideDelivery({ at: 5, closes: true, isKnown: false, newest })).toBe('apply');
    expect(decideDelivery({ at: 5, closes: false, isKnown: false, newest: { at: 5, closed: true } })).toBe('stale');
    expect(decideDelivery({ at: 4, closes: true, isKnown: false, newest })).toBe('stale');
    expect(decideDelivery({ at: 9, closes: false, isKnown: true, newest: null })).toBe('duplicate');
  });
});

describe('when a delivery is not the provider’s', () => {
  it.each<[string, Sending]>([
    ['forged', { secret: 'a secret of somebody else' }],
    ['unsigned', { signature: '' }],
    ['signed in another form', { signature: 'sha256=abc' }],
    ['older than five minutes', { skewSeconds: -302 }],
    ['of a time to come', { skewSeconds: 302 }],
    ['truncated on its way', { tamper: (body) => body.slice(0, -1) }],
    ['changed on its way', { tamper: (body) => body.replace('ACTIVE', 'ACTIVf') }],
  ])('%s, then it is 401 and nothing is stored', async (_how, sending) => {
    const { deliver, entries } = await tenantWithProvider();

    expect(await deliver({ type: 'user.created', data: ann }, sending)).toMatchObject({ http: 401 });
    expect(await entries()).toEqual([]);
  });

  it('but signed by either secret and within the window, then it is taken', async () => {
    const { deliver } = await tenantWithProvider();
    expect(await deliver({ type: 'user.created', data: ann }, { secret: oldSecret, skewSeconds: -290 })).toMatchObject({ http: 200 });
    expect(await deliver({ type: 'user.updated', data: ann }, { secret: newSecret, skewSeconds: 290 })).toMatchObject({ http: 200 });
  });

  it('then 10 MB of it are refused before they are read', async () => {
    expect(await post(`{"padding":"${'x'.repeat(10 * 1024 * 1024)}"}`)).toMatchObject({ http: 413 });
  });

  it('then the signature is that of the provider’s own description', () => {
    const body = new TextEncoder().encode('{"a":1}');
    const timestamp = '1700000000';
    const expected = createHmac('sha256', 's').update('1700000000.{"a":1}').digest('hex');
    expect(signatureOf({ secret: 's', timestamp, body })).toBe(expected);
    expect(judgeSignature({ header: `t=${timestamp},v1=${expected}`, body, secrets: ['s'], nowSeconds: 1_700_000_300 })).toBe('valid');
    expect(judgeSignature({ header: `t=${timestamp},v1=${expected}`, body, secrets: ['s'], nowSeconds: 1_700_000_301 })).toBe('outside the window');
  });
});

describe('when a delivery is signed but not one of the six', () => {
  it.each([
    [{ type: 'user.suspended', data: ann }, 'event_type'],
    [{ type: 'partner.created', data: {} }, 'event_type'],
    [{ type: 'user.created', data: { ...ann, email: 'nobody' } }, 'data.email'],
    [{ type: 'user.updated', data: { ...ann, status: 'GONE' } }, 'data.status'],
    [{ type: 'user.created', data: ann, at: 'yesterday' }, 'timestamp'],
    [{ type: 'group.created', data: { id: 'g', name: 'G', members: ['a b'] } }, 'data.members[0]'],
  ])('%j, then it is 422 and names the field', async (event, field) => {
    const { deliver } = await tenantWithProvider();
    expect(await deliver(event as Event)).toMatchObject({ http: 422, error: { details: { fields: expect.arrayContaining([expect.objectContaining({ field })]) } } });
  });

  it('then what is missing or of another kind is said as at every other door', async () => {
    const { deliver, tenantId } = await tenantWithProvider();
    expect(await deliver({ type: 'user.created', data: { id: ann.id, first_name: 7 } })).toMatchObject({
      http: 422,
      error: { details: { fields: [{ field: 'data.email', expected: 'expected text, but it is missing' }, { field: 'data.first_name', expected: 'expected text' }] } },
    });
    expect(await post(JSON.stringify({ event_type: 'user.created', tenant_id: tenantId, timestamp: '2026-03-01T10:00:00Z' }))).toMatchObject({
      http: 422,
      error: { details: { fields: [{ field: 'event_id', expected: 'expected text, but it is missing' }] } },
    });
    expect(await post('[]')).toMatchObject({ http: 422, error: { details: { fields: [{ field: 'body', expected: 'expected an object' }] } } });
  });

  it('for a tenant that does not exist, then it is 404', async () => {
    const { bodyOf, tenantId } = await tenantWithProvider();
    expect(await post(bodyOf({ type: 'user.created', data: ann }).replace(`"tenant_id":"${tenantId}"`, '"tenant_id":"nowhere"'))).toMatchObject({ http: 404 });
  });

  it('without a secret, then it is 503 and says which setting is missing', async () => {
    const bare = await startTestApi();
    const answer = await fetch(`${bare.url}/api/v1/webhooks/scaikey`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([503, expect.stringContaining('HOLDFAST_SCAIKEY_SECRET')]);
    const large = await fetch(`${bare.url}/api/v1/webhooks/scaikey`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(2 * 1024 * 1024) });
    expect(large.status).toBe(503);
    await bare.end();
  });
});
