// Rounds of what is told to other processes: one after the other while they are wanted, whatever fails, and none after the stop.
import { describe, expect, it } from '@jest/globals';
import { createRegularRounds } from '../../realtime/wire/regular-rounds.ts';
import { eventually } from '../harness/eventually.ts';

describe('regular rounds', () => {
  it('when they are wanted, then one follows the other, never two at once, and a failure is told and ends nothing', async () => {
    const errors: unknown[] = [];
    let [begun, atOnce, mostAtOnce] = [0, 0, 0];
    const rounds = createRegularRounds({
      everyMs: 1,
      isWanted: () => true,
      onError: (error) => errors.push(error),
      round: async () => {
        begun += 1;
        atOnce += 1;
        mostAtOnce = Math.max(mostAtOnce, atOnce);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        if (begun === 2) throw new Error('away');
      },
    });
    rounds.wanted();
    rounds.wanted();
    await eventually(() => begun > 3, { limitMs: 2_000, everyMs: 1 });
    await rounds.stop();

    expect(mostAtOnce).toBe(1);
    expect(errors).toEqual([new Error('away')]);
  });

  it('when nothing wants them any more, then they end, and begin again when something does', async () => {
    let [begun, isWanted] = [0, true];
    const rounds = createRegularRounds({
      everyMs: 1,
      isWanted: () => isWanted,
      onError: (error) => { throw error; },
      round: () => {
        begun += 1;
        isWanted = false;
        return Promise.resolve();
      },
    });
    rounds.wanted();
    await eventually(() => begun === 1, { limitMs: 2_000, everyMs: 1 });
    rounds.wanted();
    isWanted = true;
    rounds.wanted();
    await eventually(() => begun === 2, { limitMs: 2_000, everyMs: 1 });
    await rounds.stop();
  });

  it('when they are stopped, then the one that is running is waited for, and none follows', async () => {
    let [begun, ended] = [0, 0];
    let finish = (): void => undefined;
    const rounds = createRegularRounds({
      everyMs: 1,
      isWanted: () => true,
      onError: () => undefined,
      round: async () => {
        begun += 1;
        await new Promise<void>((resolve) => { finish = resolve; });
        ended += 1;
      },
    });
    rounds.wanted();
    await eventually(() => begun === 1, { limitMs: 2_000, everyMs: 1 });
    const stopped = rounds.stop().then(() => ended);
    finish();
    rounds.wanted();

    expect(await stopped).toBe(1);
    expect(begun).toBe(1);
  });
});
