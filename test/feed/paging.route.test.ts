// Paging by offset: under a fixed created-max nothing is repeated and nothing missed while eight writers append, and pages are full although much is hidden.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { feedTenant, workspace } from './feed-tenant.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

const told = 900;
const pageLength = 50;
const writers = 8;

describe('when pages are read while others write', () => {
  it('then a walk under a fixed created-max sees each event once and every page but the last is full; without it the walk repeats itself', async () => {
    const tenant = await feedTenant(api);
    const member = await tenant.token('usr_member');
    const event = (index: number) => ({ event: 'comment_created', workspace_id: workspace, user_id: 'usr_owner', resource_id: `n${String(index)}`, permission: index % 3 === 0 ? 'admin' : 'member' });
    for (let from = 0; from < told; from += 300) {
      await tenant.tell(...Array.from({ length: 300 }, (_, index) => ({ ...event(from + index), event_time: new Date(Date.UTC(2026, 0, 1) + ((from + index) % 7) * 1000).toISOString() })));
    }
    const createdMax = new Date(Date.UTC(2026, 0, 2)).toISOString();
    let writing = true;
    let written = 0;
    const write = async (): Promise<void> => {
      for (; writing; written += 1) await tenant.tell(event(1_000_000 + written));
    };
    const writingAll = Promise.all(Array.from({ length: writers }, write));

    const walk = async (bound: string) => {
      const pages: string[][] = [];
      for (let offset = 0; offset < told; offset += pageLength) {
        const { body } = await tenant.search(`workspace_id=${workspace}&event=comment_created${bound}&limit=${String(pageLength)}&offset=${String(offset)}&output=terse`, member);
        const events = body.response.events as { event_id: string }[];
        pages.push(events.map(({ event_id: id }) => id));
      }
      return pages;
    };
    const stable = await walk(`&created-max=${createdMax}`);
    const loose = await walk('');
    writing = false;
    await writingAll;

    const seen = stable.flat();
    expect(written).toBeGreaterThan(writers);
    expect([seen.length, new Set(seen).size]).toEqual([told - told / 3, told - told / 3]);
    expect(stable.map((page) => page.length).filter((length) => length > 0)).toEqual(Array.from({ length: seen.length / pageLength }, () => pageLength));
    expect(new Set(loose.flat()).size).toBeLessThan(loose.flat().length);
  }, 30_000);

  it('then pages of recent events and of older ones join without a seam, whatever their length', async () => {
    const tenant = await feedTenant(api);
    const member = await tenant.token('usr_member');
    const now = Date.now();
    const days = [0, 1, 30, 34.99, 34.995, 35, 35.005, 36, 90, 700];
    await tenant.tell(...days.flatMap((day) => [1, 2, 3].map((n) => ({ event: 'comment_created', workspace_id: workspace, user_id: 'usr_owner', resource_id: `d${String(day)}-${String(n)}`, event_time: new Date(now - day * 86_400_000).toISOString() }))));
    const objects = async (limit: number, offset: number): Promise<string[]> => {
      const { body } = await tenant.search(`workspace_id=${workspace}&event=comment_created&limit=${String(limit)}&offset=${String(offset)}&output=terse`, member);
      return (body.response.events as { object_id: string }[]).map(({ object_id: id }) => id);
    };
    const expected = days.flatMap((day) => [3, 2, 1].map((n) => `d${String(day)}-${String(n)}`));

    for (const limit of [1, 4, 7, 15, 100]) {
      const walked: string[] = [];
      for (let offset = 0; offset < expected.length; offset += limit) walked.push(...(await objects(limit, offset)));
      expect({ limit, walked }).toEqual({ limit, walked: expected });
    }
  });
});
