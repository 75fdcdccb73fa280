// What live doors read from the log: pages bounded in bytes, the beginning with what was kept, and search text made once.
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readLivePage } from '../../db/journal/read-live.ts';
import type { LivePage } from '../../db/journal/read-live.ts';
import { eventually } from '../harness/eventually.ts';
import { doors } from './doors.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';

let api: LiveApi;
beforeAll(async () => {
  api = await startLiveApi();
});
afterAll(async () => {
  await api.end();
});

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `f${String(index)}`);

async function pageAfter(tenantId: string, afterSeq: number): Promise<LivePage> {
  const page = await readLivePage(api.world.pool, { tenantId, afterSeq, throughSeq: 1_000_000, selection: { kind: 'sync' }, withEarlier: true, limit: 250 });
  if (page === null) throw new Error('the tenant has no log');
  return page;
}

const change = (padding: string, index: number) => ({ change: { change_type: 'updated', new_path: '/a', metadata: { [`said_${String(index)}`]: padding, last: index } } });

describe('a page of the log', () => {
  it('when earlier changes said much, then the newest of it comes with an entry and the rest does not', async () => {
    const tenant = await madeTenant(api, 'page');
    for (let index = 0; index < 6; index += 1) await tenant.write(['one'], change('x'.repeat(20_000), index));
    const { entries } = await pageAfter(tenant.tenantId, 0);

    expect(Object.keys(entries.at(-1)?.earlier ?? {}).sort()).toEqual(['last', 'said_2', 'said_3', 'said_4']);
    expect(entries.at(-1)?.earlier?.['last']).toBe(4);
    expect(Object.keys(entries.at(-5)?.earlier ?? {}).sort()).toEqual(['last', 'said_0']);
  });

  it('when entries are heavy, then a page holds fewer of them, and pages that follow hold the rest, each once', async () => {
    const tenant = await madeTenant(api, 'page');
    const ids = numbered(40);
    for (const id of ids) await tenant.write([id], change('y'.repeat(100_000), 0));
    const pages: LivePage[] = [];
    for (let afterSeq = 0, isMore = true; isMore; ) {
      const page = await pageAfter(tenant.tenantId, afterSeq);
      pages.push(page);
      afterSeq = page.throughSeq;
      isMore = afterSeq < page.head;
    }

    expect(pages.flatMap(({ entries }) => entries.map(({ resource_id: id }) => id).filter((id) => id?.startsWith('f')))).toEqual(ids);
    expect(pages.length).toBeGreaterThan(1);
    for (const { entries } of pages) expect(JSON.stringify(entries.map(({ change: row, change_metadata: said }) => [row, said])).length).toBeLessThan(4.5 * 1024 * 1024);
  });

  it('when the search text of an entry is asked for again, then it is the one made before', async () => {
    const tenant = await madeTenant(api, 'page');
    await tenant.write(['ONE']);
    const [entry] = (await pageAfter(tenant.tenantId, 0)).entries;

    expect(entry?.search_text).toContain('one');
    if (entry !== undefined) Object.assign(entry, { resource_id: 'TWO' });
    expect(entry?.search_text).not.toContain('two');
  });
});

describe('the cursor 0', () => {
  it('when entries below the floor were kept, then it begins with them at every door', async () => {
    const tenant = await keptTenant();
    for (const door of doors) {
      const client = await door.connect({ url: api.url, token: tenant.member, cursor: '0' }, tenant);
      await eventually(() => {
        expect([door.name, client.ids.filter((id) => id.startsWith('f'))]).toEqual([door.name, numbered(300)]);
      });
      client.drop();
    }
  });

  it('when a walk that began with it stands below the floor, then every door goes on from there', async () => {
    const tenant = await keptTenant();
    // The first rows are the making of the shares.
    const { changes, cursor } = (await tenant.call('/api/v1/sync/changes?cursor=0&limit=102')).body as { changes: { resource_id: string }[]; cursor: string };
    const seen = changes.map(({ resource_id: id }) => id).filter((id) => id.startsWith('f'));
    expect(seen.length).toBeGreaterThan(50);
    for (const door of doors) {
      const client = await door.connect({ url: api.url, token: tenant.member, cursor }, tenant);
      await eventually(() => {
        expect([door.name, [...seen, ...client.ids.filter((id) => id.startsWith('f'))]]).toEqual([door.name, numbered(300)]);
      });
      client.drop();
    }
  });

  /** As a pruning leaves it that kept every row. */
  async function keptTenant(): Promise<MadeTenant> {
    const tenant = await madeTenant(api, 'kept');
    await tenant.write(numbered(300));
    const owner = new Client({ connectionString: api.database.ownerUrl });
    await owner.connect();
    await owner.query('UPDATE tenant_log SET floor_seq = last_seq WHERE tenant_id = $1', [tenant.tenantId]);
    await owner.query(`INSERT INTO log_floor (tenant_id, kind, ref, floor_seq) SELECT tenant_id, 'share', 'shr_1', last_seq FROM tenant_log WHERE tenant_id = $1`, [tenant.tenantId]);
    await owner.end();
    return tenant;
  }
});
