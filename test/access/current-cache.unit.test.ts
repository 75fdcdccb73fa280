// Guards what may be remembered of rights: as long as the tail vouches for it, asked once by many, and bounded.
import { describe, expect, it } from '@jest/globals';
import { createCurrentCache } from '../../db/access/current-cache.ts';
import type { TailLog } from '../../db/journal/tail-log.ts';

interface FakeLog extends TailLog {
  rightsGeneration: number;
  epoch: string;
  current: boolean;
}

function fakeLog(): FakeLog {
  const log: FakeLog = {
    tenantId: 't',
    epoch: 'e1',
    position: 0,
    head: 0,
    floor: 0,
    rightsGeneration: 0,
    current: true,
    isCurrent: () => log.current,
    rightsAreCurrent: () => log.current,
    after: () => null,
    subscribe: () => () => undefined,
    subscribeHead: () => () => undefined,
    reached: () => Promise.resolve(),
  };
  return log;
}

/** Loads that are counted, and end when the test says so. */
function loads() {
  const open: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  return {
    get count() {
      return open.length;
    },
    load: () => new Promise<string>((resolve, reject) => open.push({ resolve, reject })),
    answer: (index: number, value: string) => open[index]?.resolve(value),
    fail: (index: number, error: Error) => open[index]?.reject(error),
  };
}

const weighing = { maxWeight: 10, weigh: (value: string) => value.length };

describe('what is remembered while the tail vouches for it', () => {
  it('when nothing has changed, then the second question asks nobody', async () => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    expect(await cache.get(log, 'k', () => Promise.resolve('a'))).toBe('a');
    expect(await cache.get(log, 'k', () => Promise.reject(new Error('not to be asked')))).toBe('a');
  });

  it.each([
    [
      'an entry about rights has passed',
      (log: FakeLog) => {
        log.rightsGeneration += 1;
      },
    ],
    [
      'the log was restored',
      (log: FakeLog) => {
        log.epoch = 'e2';
      },
    ],
    [
      'the tail is behind',
      (log: FakeLog) => {
        log.current = false;
      },
    ],
  ])('when %s, then it is asked anew', async (_what, change) => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    await cache.get(log, 'k', () => Promise.resolve('old'));
    change(log);
    expect(await cache.get(log, 'k', () => Promise.resolve('new'))).toBe('new');
  });

  it('when the log is followed anew and counts from the start again, then nothing of before counts', async () => {
    const cache = createCurrentCache(weighing);
    await cache.get(fakeLog(), 'k', () => Promise.resolve('old'));
    expect(await cache.get(fakeLog(), 'k', () => Promise.resolve('new'))).toBe('new');
  });

  it('when rights change while they are being read, then what was read is not kept', async () => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    const slow = loads();
    const first = cache.get(log, 'k', slow.load);
    log.rightsGeneration += 1;
    slow.answer(0, 'read before the change');
    await first;
    expect(await cache.get(log, 'k', () => Promise.resolve('read after'))).toBe('read after');
  });

  it('when the tail was behind at the question, then the answer is not kept', async () => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    log.current = false;
    await cache.get(log, 'k', () => Promise.resolve('old'));
    log.current = true;
    expect(await cache.get(log, 'k', () => Promise.resolve('new'))).toBe('new');
  });

  it('when a value is not worth keeping, then it is asked again', async () => {
    const cache = createCurrentCache({ ...weighing, isWorthKeeping: (value: string) => value !== 'no' });
    const log = fakeLog();
    await cache.get(log, 'k', () => Promise.resolve('no'));
    expect(await cache.get(log, 'k', () => Promise.resolve('yes'))).toBe('yes');
  });
});

describe('many who ask at once', () => {
  it('when they ask the same, then it is asked once', async () => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    const slow = loads();
    const all = Promise.all(Array.from({ length: 50 }, () => cache.get(log, 'k', slow.load)));
    slow.answer(0, 'a');
    expect(new Set(await all)).toEqual(new Set(['a']));
    expect(slow.count).toBe(1);
  });

  it('when rights change before the one question is answered, then whoever joined it asks for themselves', async () => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    const slow = loads();
    const first = cache.get(log, 'k', slow.load);
    const joined = cache.get(log, 'k', slow.load);
    log.rightsGeneration += 1;
    const later = cache.get(log, 'k', slow.load);
    slow.answer(0, 'before');
    slow.answer(1, 'after');
    expect(await first).toBe('before');
    expect(await later).toBe('after');
    await Promise.resolve();
    slow.answer(2, 'after');
    expect(await joined).toBe('after');
  });

  it('when the question fails, then all who waited hear of it and the next asks again', async () => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    const slow = loads();
    const both = Promise.allSettled([cache.get(log, 'k', slow.load), cache.get(log, 'k', slow.load)]);
    slow.fail(0, new Error('away'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.get(log, 'k', () => Promise.resolve('b'))).toBe('b');
  });

  it('when the tail is behind, then each asks for itself', async () => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    log.current = false;
    const slow = loads();
    const both = Promise.all([cache.get(log, 'k', slow.load), cache.get(log, 'k', slow.load)]);
    slow.answer(0, 'a');
    slow.answer(1, 'b');
    expect(await both).toEqual(['a', 'b']);
  });
});

describe('how much is remembered', () => {
  it('when it is full, then the least recently used leave first', async () => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    const asked: string[] = [];
    const get = (key: string, value: string) =>
      cache.get(log, key, () => {
        asked.push(key);
        return Promise.resolve(value);
      });
    await get('a', 'xxxx');
    await get('b', 'xxxx');
    await get('a', 'xxxx');
    await get('c', 'xxxx');
    expect(cache.weight).toBe(8);
    await get('a', 'xxxx');
    await get('b', 'xxxx');
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('when one value is too large for all, then it is given and not kept, and the others stay', async () => {
    const cache = createCurrentCache(weighing);
    const log = fakeLog();
    await cache.get(log, 'small', () => Promise.resolve('x'));
    expect(await cache.get(log, 'large', () => Promise.resolve('x'.repeat(11)))).toHaveLength(11);
    expect(cache.weight).toBe(1);
  });
});
