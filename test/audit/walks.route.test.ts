// Walking through search results page by page: nothing twice, nothing missed, whatever is written or pruned meanwhile.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { testSeed } from '../harness/seed.ts';
import { auditTenant, shown, walk } from './audit-tenant.ts';

const seed = testSeed();
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

const event = (name: string, more: Record<string, unknown> = {}) => ({ event_type: 'file.create', resource_type: 'file', resource_id: name, ...more });

describe('when a walk goes page by page', () => {
  it('then events of one time are told apart, in both orders', async () => {
    const tenant = await auditTenant(api);
    await tenant.send(...Array.from({ length: 11 }, (_, index) => event(`r${String(index).padStart(2, '0')}`, { event_time: index % 3 === 0 ? '2026-04-01T00:00:00Z' : '2026-04-02T00:00:00Z' })));
    const down = await walk(tenant, 'to=2026-05-01T00:00:00Z', 2);
    const up = await walk(tenant, 'to=2026-05-01T00:00:00Z&order=asc', 3);
    expect(down.ids).toHaveLength(11);
    expect(new Set(down.ids).size).toBe(11);
    expect(up.ids).toEqual([...down.ids].reverse());
    expect(up.ids.slice(0, 4)).toEqual(['r00', 'r03', 'r06', 'r09']);
  });

  it('then free text and every other filter are walked alike', async () => {
    const tenant = await auditTenant(api);
    await tenant.send(...Array.from({ length: 30 }, (_, index) => event(`r${String(index)}`, { user_id: `usr_${String(index % 2)}`, details: { note: index % 3 === 0 ? 'rare needle' : 'common straw' } })));
    expect((await walk(tenant, 'q=needle', 3)).ids).toHaveLength(10);
    expect((await walk(tenant, 'q=needle&user_id=usr_0', 2)).ids).toHaveLength(5);
    expect((await walk(tenant, 'q=straw&order=asc&user_id=usr_1', 4)).ids).toEqual((await walk(tenant, 'q=straw&user_id=usr_1', 7)).ids.reverse());
  });

  it('then behind its end the cursor gives what came since, and nothing else', async () => {
    const tenant = await auditTenant(api);
    await tenant.send(event('old'));
    const { cursor } = await walk(tenant, 'resource_type=file', 10);
    expect(shown(await tenant.search(`resource_type=file&cursor=${cursor}`))).toEqual([]);
    await tenant.send(event('new', { event_time: '2020-01-01T00:00:00Z' }));
    expect(shown(await tenant.search(`resource_type=file&cursor=${cursor}`))).toEqual(['new']);
    expect(shown(await tenant.search('resource_type=file&cursor=0'))).toEqual(['old', 'new']);
  });
});

describe('when eight writers append while it is walked', () => {
  it(`then no event up to complete_through_seq is missed or repeated (seed ${String(seed)})`, async () => {
    const tenant = await auditTenant(api);
    const written = new Map<string, number>();
    let writing = true;
    const startMs = Date.now();
    const write = async (writer: number): Promise<void> => {
      for (let call = 0; writing; call += 1) {
        const names = Array.from({ length: 5 }, (_, part) => `w${String(writer)}-${String(call)}-${String(part)}`);
        // Event times all over the last year, so that they come into pages at any place.
        const events = names.map((name, part) => event(name, { user_id: `usr_${String(part)}`, event_time: new Date(startMs - ((seed + writer * 7919 + call * 104_729 + part * 15_485_863) % 31_536_000_000)).toISOString() }));
        const { results } = await tenant.send(...events);
        for (const [index, name] of names.entries()) written.set(name, results[index]?.seq ?? 0);
      }
    };
    const writers = Array.from({ length: 8 }, (_, writer) => write(writer));
    const queries = ['resource_type=file', 'resource_type=file&order=asc', 'q=file.create&resource_type=file', 'user_id=usr_1,usr_3'];
    const walks: { query: string; ids: string[]; through: number[] }[] = [];
    try {
      for (let turn = 0; turn < queries.length || (written.size < 300 && turn < 100); turn += 1) {
        const query = queries[turn % queries.length] ?? '';
        walks.push({ query, ...(await walk(tenant, query, 97)) });
      }
    } finally {
      writing = false;
      await Promise.all(writers);
    }
    expect(written.size).toBeGreaterThanOrEqual(300);
    for (const { query, ids, through } of walks) {
      const [bound = 0] = through;
      expect(new Set(through).size).toBe(1);
      const wanted = [...written].filter(([name, seq]) => seq <= bound && (!query.includes('user_id') || /-[13]$/.test(name))).map(([name]) => name);
      expect({ query, twice: ids.length - new Set(ids).size, missed: wanted.filter((name) => !ids.includes(name)), beyond: ids.filter((id) => (written.get(id) ?? 0) > bound) }).toEqual({ query, twice: 0, missed: [], beyond: [] });
    }
  }, 60_000);
});

describe('when a cursor does not fit', () => {
  it('then another filter, another order, a damaged one and a foreign one are refused', async () => {
    const [tenant, other] = [await auditTenant(api), await auditTenant(api)];
    for (const one of [tenant, other]) await one.send(event('a'), event('b'), event('c'));
    const { body } = await tenant.search('user_id=x,y&limit=1');
    const page = await tenant.search('resource_type=file&limit=1');
    const cursor = page.body.cursor as string;
    const code = async (query: string) => {
      const answer = await tenant.search(query);
      return [answer.status, answer.body.error?.code];
    };
    expect(await code(`resource_type=folder&cursor=${cursor}`)).toEqual([400, 'CURSOR_MISMATCH']);
    expect(await code(`resource_type=file&held=false&cursor=${cursor}`)).toEqual([400, 'CURSOR_MISMATCH']);
    expect(await code(`cursor=${cursor}`)).toEqual([400, 'CURSOR_MISMATCH']);
    expect(await code(`resource_type=file&order=asc&cursor=${cursor}`)).toEqual([400, 'CURSOR_MISMATCH']);
    expect(await code(`resource_type=file&cursor=${cursor.slice(0, -2)}`)).toEqual([400, 'CURSOR_INVALID']);
    expect((await other.search(`resource_type=file&cursor=${cursor}`)).body.error.code).toBe('CURSOR_INVALID');
    // The same wish in another order of words, and from the whole log to a part of it.
    expect((await tenant.search(`user_id=y,x&cursor=${String(body.cursor)}`)).status).toBe(200);
    const whole = (await tenant.search('limit=1')).body.cursor as string;
    expect((await tenant.search(`resource_type=file&cursor=${whole}`)).status).toBe(200);
  });

  it('then a walk below which something was pruned meanwhile has expired, and one of another share has not', async () => {
    const tenant = await auditTenant(api);
    await tenant.send(...['a', 'b', 'c'].map((name) => event(name, { share_id: 'shr_1' })), event('d', { share_id: 'shr_2' }), event('e', { share_id: 'shr_2' }));
    const [first, second, whole] = [await tenant.search('share_id=shr_1&limit=1'), await tenant.search('share_id=shr_2&limit=1'), await tenant.search('limit=1')];
    const owner = new pg.Client({ connectionString: api.database.ownerUrl });
    await owner.connect();
    await owner.query(`INSERT INTO log_floor (tenant_id, kind, ref, floor_seq) VALUES ($1, 'share', 'shr_1', 2)`, [tenant.tenantId]);
    await owner.query('UPDATE tenant_log SET floor_seq = 2 WHERE tenant_id = $1', [tenant.tenantId]);
    await owner.end();

    const expired = await tenant.search(`share_id=shr_1&limit=1&cursor=${String(first.body.cursor)}`);
    expect([expired.status, expired.body.error.code]).toEqual([410, 'CURSOR_EXPIRED']);
    const { oldest, head } = expired.body.error.details as { oldest: string; head: string };
    // What was kept below the floor is part of what there is.
    expect(shown(await tenant.search(`share_id=shr_1&cursor=${oldest}`))).toEqual(['c', 'b', 'a']);
    expect(shown(await tenant.search(`share_id=shr_1&cursor=${head}`))).toEqual([]);
    expect((await tenant.search(`share_id=shr_2&limit=1&cursor=${String(second.body.cursor)}`)).status).toBe(200);
    expect((await tenant.search(`limit=1&cursor=${String(whole.body.cursor)}`)).status).toBe(410);
    // From the whole log to a share that lost nothing: what the walk was promised first still counts.
    expect((await tenant.search(`share_id=shr_2&limit=1&cursor=${String(whole.body.cursor)}`)).status).toBe(410);
    expect((await tenant.search('share_id=shr_1&cursor=0')).status).toBe(200);
  });
});

describe('when one’s own writes are to be read', () => {
  it('then a page that includes them comes at once', async () => {
    const tenant = await auditTenant(api);
    const { last_seq: lastSeq } = await tenant.send(event('mine'));
    const { body } = await tenant.search(`min_seq=${String(lastSeq)}&resource_type=file`);
    expect(body.events).toHaveLength(1);
    expect(body.complete_through_seq).toBeGreaterThanOrEqual(lastSeq);
  });

  it('then what is not there yet is waited for, and comes', async () => {
    const tenant = await auditTenant(api);
    const { last_seq: lastSeq } = await tenant.send(event('first'));
    const waiting = tenant.search(`min_seq=${String(lastSeq + 1)}&resource_type=file`);
    await tenant.send(event('second'));
    expect(shown(await waiting)).toEqual(['second', 'first']);
  });

  it('then what does not come is 503 with Retry-After, and a walk that began before is told so', async () => {
    const tenant = await auditTenant(api);
    const { last_seq: lastSeq } = await tenant.send(event('a'), event('b'));
    const late = await tenant.search(`min_seq=${String(lastSeq + 100)}`);
    expect([late.status, late.body.error.code, late.headers.get('retry-after')]).toEqual([503, 'UNAVAILABLE', '1']);
    const page = await tenant.search('resource_type=file&limit=1');
    const more = await tenant.send(event('c'));
    const narrowed = await tenant.search(`resource_type=file&limit=1&cursor=${String(page.body.cursor)}&min_seq=${String(more.last_seq)}`);
    expect([narrowed.status, narrowed.body.error.details.fields[0].field]).toEqual([422, 'min_seq']);
  });
});
