// Work for many at once: in order, a little in each turn of the event loop, and each told how its own ended.
import { describe, expect, it } from '@jest/globals';
import { createPace } from '../../realtime/hub/pace.ts';

function busyFor(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

describe('a pace', () => {
  it('when much comes at once, then it is done in order, and others have turns in between', async () => {
    const pace = createPace({ turnMs: 2 });
    const done: number[] = [];
    let turnsOfOthers = 0;
    let isOver = false;
    const others = (): void => {
      turnsOfOthers += 1;
      if (!isOver) setImmediate(others);
    };
    setImmediate(others);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        pace.run(() => {
          busyFor(1);
          done.push(index);
        }),
      ),
    );
    isOver = true;

    expect(done).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(turnsOfOthers).toBeGreaterThanOrEqual(5);
  });

  it('when one fails, then it alone is told, and the rest is done', async () => {
    const pace = createPace({ turnMs: 2 });
    const ends = await Promise.allSettled([
      pace.run(() => {
        throw new Error('broken');
      }),
      pace.run(() => undefined),
    ]);

    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});
