// Pages for those who catch up: read once for all who come at about the same time from the same place, and for nobody else.
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LivePage, LiveQuery } from '../../db/journal/read-live.ts';
import { createSharedPages } from '../../realtime/hub/shared-pages.ts';
import type { SharedPages } from '../../realtime/hub/shared-pages.ts';
import { eventually } from '../harness/eventually.ts';

const query: LiveQuery = { tenantId: 't', afterSeq: 5, throughSeq: 9, selection: { kind: 'sync' }, withEarlier: false, limit: 250 };

let pages: SharedPages;
let floor = 0;
afterEach(() => {
  pages.close();
});

function counted(answer: () => Promise<LivePage | null>): { readonly asked: LiveQuery[] } {
  const asked: LiveQuery[] = [];
  pages = createSharedPages({
    cursorAt: String,
    floor: () => floor,
    readPage: (one) => {
      asked.push(one);
      return answer();
    },
  });
  return { asked };
}

const empty: LivePage = { entries: [], throughSeq: 9, head: 9, floor: 0, epoch: 'e' };

describe('pages for those who catch up', () => {
  it('when many ask from the same place, then one reads, also for who may read farther', async () => {
    const { asked } = counted(() => Promise.resolve(empty));
    const read = await Promise.all([query, query, { ...query, throughSeq: 12 }].map((one) => pages.read(one)));

    expect(asked).toHaveLength(1);
    expect(new Set(read).size).toBe(1);
  });

  it('when they ask for something else, then each reads', async () => {
    const { asked } = counted(() => Promise.resolve(empty));
    const others: LiveQuery[] = [{ ...query, afterSeq: 6 }, { ...query, withEarlier: true }, { ...query, selection: { kind: 'all' } }, { ...query, selection: { kind: 'user', id: 'u' } }];
    await Promise.all([query, ...others].map((one) => pages.read(one)));

    expect(asked).toHaveLength(5);
  });

  it('when a moment has passed, then it is read again', async () => {
    const { asked } = counted(() => Promise.resolve(empty));
    await pages.read(query);
    await eventually(async () => {
      await pages.read(query);
      return asked.length > 1;
    }, { limitMs: 2_000, everyMs: 50 });
  });

  it('when the floor rises, then what was read before is told to nobody any more: some of it may be hidden now', async () => {
    const { asked } = counted(() => Promise.resolve(empty));
    await pages.read(query);
    floor = 7;
    await Promise.all([pages.read(query), pages.read(query)]);

    expect(asked).toHaveLength(2);
  });

  it('when reading fails, then all who asked are told, and the next reads again', async () => {
    let fails = true;
    const { asked } = counted(() => (fails ? Promise.reject(new Error('away')) : Promise.resolve(empty)));
    const both = await Promise.allSettled([pages.read(query), pages.read(query)]);
    fails = false;

    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await pages.read(query)).toEqual({ news: [], throughSeq: 9, head: 9, floor: 0, epoch: 'e' });
    expect(asked).toHaveLength(2);
  });

  it('when readers stand at very many places, then only some pages are kept', async () => {
    const { asked } = counted(() => Promise.resolve(empty));
    const places = Array.from({ length: 50 }, (_, afterSeq) => ({ ...query, afterSeq }));
    for (let round = 0; round < 2; round += 1) for (const place of places) await pages.read(place);

    expect(asked.length).toBeGreaterThanOrEqual(92);
  });
});
