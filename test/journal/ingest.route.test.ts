// Ingest as its users see it: single, batch, NDJSON, all or nothing, part by part, idempotent, every refusal naming entry and field.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Call, TestApi } from '../harness/api.ts';

let api: TestApi;
let writer: string;
let tenants = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

async function newTenant(): Promise<string> {
  tenants += 1;
  const tenantId = `t${String(tenants)}`;
  await api.makeTenant(tenantId);
  writer = await tokenFor({ tenantId, scope: 'events:write' });
  return tenantId;
}

const post = (json: unknown, more: Partial<Call> = {}, query = '') => api.call(`/api/v1/events${query}`, { method: 'POST', token: writer, json, ...more });
const upload = { event_type: 'file.create', share_id: 'shr_1', resource_type: 'file', resource_id: 'fil_1', change: { change_type: 'created', new_path: '/a' } };
const many = (count: number) => ({ events: Array.from({ length: count }, (_, index) => ({ event_type: 'file.open', resource_id: `r${String(index)}` })) });

async function storedCount(tenantId: string): Promise<number> {
  const { rows } = await api.world.pool.query<{ last_seq: string }>('SELECT last_seq FROM tenant_heads($1)', [[tenantId]]);
  return Number(rows[0]?.last_seq);
}

describe('when entries are told', () => {
  it('then one is answered with its id and the seq after the first entry of the tenant', async () => {
    await newTenant();
    const { status, body } = await post(upload);

    expect(status).toBe(201);
    expect(body).toEqual({ results: [{ id: expect.stringMatching(/^evt_[0-9A-Z]{26}$/), seq: 2, status: 'created' }], last_seq: 2 });
  });

  it('then many get consecutive seqs in their order', async () => {
    await newTenant();
    const { status, body } = await post(many(500));

    expect(status).toBe(201);
    expect(body.results.map(({ seq }: { seq: number }) => seq)).toEqual(Array.from({ length: 500 }, (_, index) => index + 2));
    expect(body.last_seq).toBe(501);
  });

  it('then NDJSON is one entry a line, blank lines aside', async () => {
    await newTenant();
    const { status, body } = await post(undefined, { text: '{"event_type":"file.open"}\n\n{"event":"comment_created"}\n', headers: { 'content-type': 'application/x-ndjson' } });

    expect(status).toBe(201);
    expect(body.results).toHaveLength(2);
  });
});

describe('when details nest deeply', () => {
  const nested = (levels: number): object => (levels === 1 ? {} : { deeper: nested(levels - 1) });
  const entry = (levels: number) => ({ event_type: 'file.open', details: nested(levels) });

  it.each([
    ['alone', (levels: number) => post(entry(levels))],
    ['in a batch', (levels: number) => post({ events: [entry(levels)] })],
    ['as a line', (levels: number) => post(undefined, { text: JSON.stringify(entry(levels)), headers: { 'content-type': 'application/x-ndjson' } })],
  ])('then 64 levels are taken, and 65 refused by name: %s', async (_name, sent) => {
    await newTenant();
    expect((await sent(64)).status).toBe(201);
    const { status, body } = await sent(65);

    expect(status).toBe(422);
    expect(body.error.details.entries).toEqual([{ index: 0, fields: [{ field: 'details', expected: 'expected at most 64 levels' }] }]);
  });
});

describe('when an entry is not valid', () => {
  it.each([
    [{}, 'event_type'],
    [{ event_type: 'made.up' }, 'category'],
    [{ event_type: 'file.open', outcome: 'maybe' }, 'outcome'],
    [{ event_type: 'file.open', event_time: 'yesterday' }, 'event_time'],
    [{ event_type: 'file.open', event_time: '2099-01-01T00:00:00Z' }, 'event_time'],
    [{ event_type: 'file.open', ip_address: '999.1.1.1' }, 'ip_address'],
    [{ event_type: 'file.open', user_id: 'not an id' }, 'user_id'],
    [{ event_type: 'file.open', surprise: 1 }, 'surprise'],
    [{ event_type: 'file.open', details: [] }, 'details'],
    [{ event_type: 'file.open', details: { text: 'x'.repeat(70_000) } }, 'details'],
    [{ event_type: 'file.create', resource_type: 'file', resource_id: 'f', change: { change_type: 'created' } }, 'share_id'],
    [{ event_type: 'file.create', share_id: 's', resource_type: 'bucket', resource_id: 'f', change: { change_type: 'created' } }, 'resource_type'],
    [{ ...upload, change: { change_type: 'painted' } }, 'change.change_type'],
  ])('then %j is refused and %s is named', async (entry, field) => {
    await newTenant();
    const { status, body } = await post(entry);

    expect(status).toBe(422);
    expect(body.error.details.entries[0].index).toBe(0);
    expect(body.error.details.entries[0].fields.map((problem: { field: string }) => problem.field)).toContain(field);
  });

  it.each([
    ['{"event_type":"file.open","details":{"n":1e999}}', 'details.n'],
    ['{"event_type":"file.open","details":{"n":9007199254740993}}', 'details.n'],
    ['{"event_type":"file.open","details":{"t":"a\\u0000b"}}', 'details.t'],
    ['{"event_type":"file.open","details":{"t":"\\ud800"}}', 'details.t'],
  ])('then %s, which cannot be kept as it was sent, is refused and named', async (text, field) => {
    await newTenant();
    const { status, body } = await post(undefined, { text });

    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain(field);
  });

  it('then of a batch nothing is stored, and each bad entry is named', async () => {
    const tenantId = await newTenant();
    const { status, body } = await post({ events: [upload, { nonsense: true }, upload, { event_type: 'file.open', outcome: 1 }] });

    expect(status).toBe(422);
    expect(body.error.details.entries.map(({ index }: { index: number }) => index)).toEqual([1, 3]);
    expect(await storedCount(tenantId)).toBe(1);
  });

  it('then with partial=1 the good ones are stored and the bad one has neither id nor seq', async () => {
    const tenantId = await newTenant();
    const { status, body } = await post({ events: [upload, { nonsense: true }, upload] }, {}, '?partial=1');

    expect(status).toBe(201);
    expect(body.results.map(({ status: one, seq }: { status: string; seq: number | null }) => [one, seq])).toEqual([['created', 2], ['rejected', null], ['created', 3]]);
    expect(await storedCount(tenantId)).toBe(3);
  });

  it('then with partial=1 and no good one the call is refused', async () => {
    await newTenant();
    expect((await post({ events: [{ a: 1 }, { b: 2 }] }, {}, '?partial=1')).status).toBe(422);
  });

  it('then more than 10,000 entries are refused as too large', async () => {
    await newTenant();
    expect((await post(many(10_001))).status).toBe(413);
  });
});

describe('when an idempotency key comes again', () => {
  it('then the same call gets the same ids, as duplicates, and nothing is stored twice', async () => {
    const tenantId = await newTenant();
    const headers = { 'idempotency-key': 'call-1' };
    const first = await post(many(3), { headers });
    const second = await post(many(3), { headers });

    expect(second.status).toBe(201);
    expect(second.body.results).toEqual(first.body.results.map((one: object) => ({ ...one, status: 'duplicate' })));
    expect(await storedCount(tenantId)).toBe(4);
  });

  it('then another body under it is refused with 409 and nothing is stored', async () => {
    const tenantId = await newTenant();
    await post({ ...upload, idempotency_key: 'k' });
    const { status, body } = await post({ events: [upload, { ...upload, path: '/other', idempotency_key: 'k' }] });

    expect(status).toBe(409);
    expect(body.error).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', details: { entries: [{ index: 1 }] } });
    expect(await storedCount(tenantId)).toBe(2);
  });

  it('then fifty at once store one entry', async () => {
    const tenantId = await newTenant();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post({ ...upload, idempotency_key: 'race' })));

    expect(new Set(answers.map(({ body }) => body.results[0].id)).size).toBe(1);
    expect(answers.filter(({ body }) => body.results[0].status === 'created')).toHaveLength(1);
    expect(await storedCount(tenantId)).toBe(2);
  });
});

describe('when somebody may not write', () => {
  it('then a token without the scope is refused, and one of an unknown tenant is none', async () => {
    const tenantId = await newTenant();
    expect((await post(upload, { token: await tokenFor({ tenantId }) })).status).toBe(403);
    expect((await post(upload, { token: await tokenFor({ tenantId: 'nowhere', scope: 'events:write' }) })).status).toBe(401);
  });

  it('then after a suspension nothing of that user is stored any more', async () => {
    const tenantId = await newTenant();
    const admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
    const user = { email: 'a@example.com', name: 'A' };
    await api.call('/api/v1/directory/users/usr_w', { method: 'PUT', token: admin, json: user });
    const token = await tokenFor({ tenantId, userId: 'usr_w', scope: 'events:write' });
    expect((await post(upload, { token })).status).toBe(201);

    await api.call('/api/v1/directory/users/usr_w', { method: 'PUT', token: admin, json: { ...user, status: 'suspended' } });
    expect((await post(upload, { token })).status).toBe(403);
  });
});
