// Whoever comes at once goes in one lot, bounded, and shares its end.
import { describe, expect, it } from '@jest/globals';
import { createTogether } from '../../realtime/hub/together.ts';

function lotsOf(atMost: number) {
  const lots: { readonly lot: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const together = createTogether<string>({
    atMost,
    work: (lot) =>
      new Promise((resolve, reject) => {
        lots.push({
          lot,
          end: (error) => {
            if (error === undefined) resolve();
            else reject(error);
          },
        });
      }),
  });
  return { lots, together };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('those who come at once', () => {
  it('when one is under way, then all who come meanwhile go in the next lot, so many at most', async () => {
    const { lots, together } = lotsOf(2);
    const all = ['a', 'b', 'c', 'd'].map((one) => together.join(one));
    for (let lot = 0; lot < 3; lot += 1) {
      lots[lot]?.end();
      await turn();
    }
    await Promise.all(all);

    expect(lots.map(({ lot }) => lot)).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('when a lot fails, then those in it are told, and the next goes on', async () => {
    const { lots, together } = lotsOf(10);
    const [a, b] = [together.join('a'), together.join('b')];
    lots[0]?.end(new Error('not now'));
    await expect(a).rejects.toThrow('not now');
    await turn();
    lots[1]?.end();

    await expect(b).resolves.toBeUndefined();
  });
});
