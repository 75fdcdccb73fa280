// The change log by cursor: pages, shares, expiry, long-polls, and no database for a poll at the head.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
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
  change(shareId: string, name: string): Promise<Answered>;
  changes(query: string, token?: string): Promise<Answered>;
}

/** A tenant with shares shr_a and shr_b, and a member of shr_a alone. */
async function tenantWithShares(): Promise<Made> {
  tenants += 1;
  const tenantId = `s${String(tenants)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
  const put = (path: string, json: unknown) => api.call(`/api/v1/directory/${path}`, { method: 'PUT', token: admin, json });
  for (const id of ['shr_a', 'shr_b']) await put(`profiles/${id}`, { type: 'share', name: id });
  await put('users/usr_m', { email: 'm@example.com', name: 'M' });
  await put('profiles/shr_a/members/usr_m', { role: 'viewer' });
  return {
    tenantId,
    admin,
    member: await tokenFor({ tenantId, userId: 'usr_m' }),
    change: (share_id, resource_id) =>
      api.call('/api/v1/events', { method: 'POST', token: admin, json: { event_type: 'file.create', share_id, resource_type: 'file', resource_id, change: { change_type: 'created', new_path: `/${resource_id}`, metadata: { size: 1 } } } }),
    changes: (query, token = admin) => api.call(`/api/v1/sync/changes${query}`, { token }),
  };
}

/** As a pruning leaves it that kept every row; the floor of the share stands so many rows below the head. */
async function raiseFloor(tenantId: string, { below }: { below: number }): Promise<void> {
  const owner = new pg.Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  await owner.query(
    `INSERT INTO log_floor (tenant_id, kind, ref, floor_seq) SELECT $1, 'share', 'shr_a', last_seq - $2 FROM tenant_log WHERE tenant_id = $1
      ON CONFLICT (tenant_id, kind, ref) DO UPDATE SET floor_seq = excluded.floor_seq`,
    [tenantId, below],
  );
  await owner.end();
}

const ids = ({ body }: Answered): string[] => body.changes.map(({ resource_id }: { resource_id: string }) => resource_id);

describe('when changes are read', () => {
  it('then a row has the ten keys of the change log, the tenant and the share', async () => {
    const { tenantId, change, changes } = await tenantWithShares();
    await change('shr_a', 'fil_1');
    const { body } = await changes('?cursor=0');

    expect(body.changes.at(-1)).toEqual({
      id: expect.stringMatching(/^chg_/), tenant_id: tenantId, share_id: 'shr_a', resource_type: 'file', resource_id: 'fil_1', change_type: 'created',
      changed_by: null, changed_at: expect.stringMatching(/Z$/), metadata: { size: 1 }, old_path: null, new_path: '/fil_1', version_id: null,
    });
    expect(body).toMatchObject({ has_more: false, share_id: null });
  });

  it('then without a cursor there is an empty page at the head, and from it only what is new', async () => {
    const { change, changes } = await tenantWithShares();
    await change('shr_a', 'old');
    const head = await changes('');
    await change('shr_a', 'new');

    expect(ids(head)).toEqual([]);
    expect(ids(await changes(`?cursor=${String(head.body.cursor)}`))).toEqual(['new']);
  });

  it('then pages follow each other without a gap and end with has_more false and a stable cursor', async () => {
    const { change, changes } = await tenantWithShares();
    for (let index = 0; index < 7; index += 1) await change('shr_a', `f${String(index)}`);
    const seen: string[] = [];
    let cursor = '0';
    for (let more = true; more; ) {
      const page = await changes(`?cursor=${cursor}&limit=2&share_id=shr_a`);
      seen.push(...ids(page));
      ({ cursor, has_more: more } = page.body as { cursor: string; has_more: boolean });
    }

    expect(seen).toEqual(['shr_a', 'f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6']);
    expect((await changes(`?cursor=${cursor}&share_id=shr_a`)).body.cursor).toBe(cursor);
  });

  it('then a member sees the shares of their memberships and no others, absent ones alike', async () => {
    const { change, changes, member } = await tenantWithShares();
    await change('shr_a', 'mine');
    await change('shr_b', 'other');

    expect(ids(await changes('?cursor=0', member))).toEqual(['shr_a', 'mine']);
    expect((await changes('?cursor=0&share_id=shr_b', member)).status).toBe(404);
    expect((await changes('?cursor=0&share_id=nowhere', member)).status).toBe(404);
    expect((await changes('?share_id=shr_b', member)).status).toBe(404);
  });

  it('then a membership that is taken away takes its share away at once', async () => {
    const { change, changes, member, admin } = await tenantWithShares();
    await change('shr_a', 'mine');
    await api.call('/api/v1/directory/profiles/shr_a/members/usr_m', { method: 'DELETE', token: admin });

    expect(ids(await changes('?cursor=0', member))).toEqual([]);
    expect((await changes('?share_id=shr_a', member)).status).toBe(404);
  });

  it('then another tenant sees nothing of it, with the same share, and its cursor is none', async () => {
    const one = await tenantWithShares();
    const other = await tenantWithShares();
    await one.change('shr_a', 'secret');
    const { body } = await one.changes('');

    expect(JSON.stringify((await other.changes('?cursor=0')).body)).not.toContain('secret');
    expect(await other.changes(`?cursor=${String(body.cursor)}`)).toMatchObject({ status: 400, body: { error: { code: 'CURSOR_INVALID' } } });
  });

  it.each(['limit=0', 'limit=5001', 'limit=x', 'wait=96', 'wait=-1', 'surprise=1'])('then %s is refused and named', async (query) => {
    const { changes } = await tenantWithShares();
    const { status, body } = await changes(`?${query}`);

    expect(status).toBe(422);
    expect(body.error.details.fields[0].field).toBe(query.split('=')[0]);
  });
});

describe('when a cursor does not fit', () => {
  it('then one of another share is a mismatch, one over all shares may be narrowed', async () => {
    const { changes } = await tenantWithShares();
    const ofA = (await changes('?share_id=shr_a')).body.cursor as string;
    const ofAll = (await changes('')).body.cursor as string;

    expect(await changes(`?cursor=${ofA}&share_id=shr_b`)).toMatchObject({ status: 400, body: { error: { code: 'CURSOR_MISMATCH' } } });
    expect(await changes(`?cursor=${ofA}`)).toMatchObject({ status: 400, body: { error: { code: 'CURSOR_MISMATCH' } } });
    expect((await changes(`?cursor=${ofAll}&share_id=shr_a`)).status).toBe(200);
  });

  it('then one below the floor has expired and is told both ends', async () => {
    const { tenantId, change, changes } = await tenantWithShares();
    const before = (await changes('?share_id=shr_a')).body.cursor as string;
    for (let index = 0; index < 4; index += 1) await change('shr_a', `f${String(index)}`);
    await raiseFloor(tenantId, { below: 1 });
    const { status, body } = await changes(`?cursor=${before}&share_id=shr_a`);

    expect([status, body.error.code]).toEqual([410, 'CURSOR_EXPIRED']);
    // What was kept below the floor is part of what there is.
    expect(ids(await changes(`?cursor=${String(body.error.details.oldest)}&share_id=shr_a`))).toEqual(['shr_a', 'f0', 'f1', 'f2', 'f3']);
    expect(ids(await changes(`?cursor=${String(body.error.details.head)}&share_id=shr_a`))).toEqual([]);
    expect((await changes('?cursor=0&share_id=shr_a')).status).toBe(200);
  });
});

describe('when rows below the floor were kept', () => {
  const walk = async ({ changes }: Made, start: string, afterPage: (page: number) => Promise<void> = () => Promise.resolve()) => {
    const seen: string[] = [];
    let cursor = start;
    for (let page = 1; ; page += 1) {
      const answer = await changes(`?cursor=${cursor}&share_id=shr_a&limit=2`);
      if (answer.status !== 200) return { seen, refused: answer.body.error.code as string };
      seen.push(...ids(answer));
      if (answer.body.has_more !== true) return { seen, refused: null };
      cursor = answer.body.cursor as string;
      await afterPage(page);
    }
  };

  it('then a walk from the beginning gets through them, page by page, and so does one from where an expired cursor is sent', async () => {
    const made = await tenantWithShares();
    const before = (await made.changes('?share_id=shr_a')).body.cursor as string;
    for (let index = 0; index < 6; index += 1) await made.change('shr_a', `f${String(index)}`);
    await raiseFloor(made.tenantId, { below: 1 });
    const all = ['shr_a', 'f0', 'f1', 'f2', 'f3', 'f4', 'f5'];

    expect(await walk(made, '0')).toEqual({ seen: all, refused: null });
    const expired = await made.changes(`?cursor=${before}&share_id=shr_a`);
    expect(await walk(made, expired.body.error.details.oldest as string)).toEqual({ seen: all, refused: null });
  });

  it('then one under which more is pruned is told so', async () => {
    const made = await tenantWithShares();
    for (let index = 0; index < 6; index += 1) await made.change('shr_a', `f${String(index)}`);
    await raiseFloor(made.tenantId, { below: 3 });
    const afterPage = async (page: number) => {
      if (page === 1) await raiseFloor(made.tenantId, { below: 2 });
    };

    expect(await walk(made, '0', afterPage)).toEqual({ seen: ['shr_a', 'f0'], refused: 'CURSOR_EXPIRED' });
  });
});

describe('when a reader waits', () => {
  it('then it is answered as soon as there is something it may see, and not by what it may not', async () => {
    const { change, changes, member } = await tenantWithShares();
    const { cursor } = (await changes('', member)).body as { cursor: string };
    const waiting = changes(`?cursor=${cursor}&wait=20`, member);
    await change('shr_b', 'not for me');
    await change('shr_a', 'for me');

    expect(ids(await waiting)).toEqual(['for me']);
  });

  it('then it gets an empty page when the time is up', async () => {
    const { changes } = await tenantWithShares();
    const { cursor } = (await changes('')).body as { cursor: string };

    expect(await changes(`?cursor=${cursor}&wait=1`)).toMatchObject({ status: 200, body: { changes: [], cursor } });
  });

  it('then losing the share ends the wait', async () => {
    const { admin, changes, member } = await tenantWithShares();
    const { cursor } = (await changes('?share_id=shr_a', member)).body as { cursor: string };
    const waiting = changes(`?cursor=${cursor}&share_id=shr_a&wait=20`, member);
    await api.call('/api/v1/directory/profiles/shr_a/members/usr_m', { method: 'DELETE', token: admin });

    expect((await waiting).status).toBe(404);
  });
});

describe('when a reader is sent away while they wait', () => {
  it('then a suspension ends the wait and nothing newer is shown', async () => {
    const { admin, change, changes, member } = await tenantWithShares();
    const { cursor } = (await changes('', member)).body as { cursor: string };
    const waiting = changes(`?cursor=${cursor}&wait=20`, member);
    const { email, name } = (await api.call('/api/v1/directory/users/usr_m', { token: admin })).body as { email: string; name: string };
    await api.call('/api/v1/directory/users/usr_m', { method: 'PUT', token: admin, json: { email, name, status: 'suspended' } });
    await change('shr_a', 'too late');

    expect(await waiting).toMatchObject({ status: 403, body: { error: { code: 'AUTHZ_USER_SUSPENDED' } } });
  });

  it('then the end of the token ends the wait', async () => {
    const { tenantId, changes } = await tenantWithShares();
    const brief = await tokenFor({ tenantId, scope: 'tenant:admin', expiresIn: '3s' });
    const { cursor } = (await changes('', brief)).body as { cursor: string };

    expect(await changes(`?cursor=${cursor}&wait=20`, brief)).toMatchObject({ status: 401, body: { error: { code: 'AUTH_TOKEN_EXPIRED' } } });
  });
});

describe('when entries are heavy', () => {
  it('then a page ends at its bytes, however many rows were asked for, and the walk misses none', async () => {
    const { tenantId, admin, changes } = await tenantWithShares();
    const heavy = (index: number) => ({
      event_type: 'file.update',
      user_id: 'usr_w',
      share_id: 'shr_a',
      resource_type: 'file',
      resource_id: `h${String(index)}`,
      change: { change_type: 'updated', metadata: { text: 'x'.repeat(100_000) } },
    });
    for (let call = 0; call < 2; call += 1) {
      const sent = await api.call('/api/v1/events', { method: 'POST', token: admin, json: { events: Array.from({ length: 60 }, (_, index) => heavy(call * 60 + index)) } });
      expect(sent.status).toBe(201);
    }
    const seen: string[] = [];
    let cursor = '0';
    let pages = 0;
    for (let more = true; more; pages += 1) {
      const { body } = await changes(`?cursor=${cursor}&share_id=shr_a&limit=5000`);
      seen.push(...(body.changes as { resource_id: string }[]).map(({ resource_id: id }) => id));
      ({ cursor, has_more: more } = body as { cursor: string; has_more: boolean });
    }

    expect(pages).toBe(2);
    expect(seen.filter((id) => id.startsWith('h'))).toEqual(Array.from({ length: 120 }, (_, index) => `h${String(index)}`));
    expect(tenantId).toBeDefined();
  });
});

describe('when a reader polls at the head', () => {
  it('then the database is not asked', async () => {
    const { changes, member } = await tenantWithShares();
    const { cursor } = (await changes('?share_id=shr_a', member)).body as { cursor: string };
    const asked = jest.spyOn(api.world.pool, 'connect');
    const poll = async () => {
      asked.mockClear();
      expect((await changes(`?cursor=${cursor}&share_id=shr_a`, member)).status).toBe(200);
      return asked.mock.calls.length;
    };
    // Until the tail has come past the changes of the directory, rights are read anew.
    await eventually(async () => (await poll()) === 0);

    for (let round = 0; round < 20; round += 1) expect(await poll()).toBe(0);
    asked.mockRestore();
  });
});
