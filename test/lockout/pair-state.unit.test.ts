// The pure function of the lockout: windows, lapses, locks, and two spellings of one pair.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countBehind, withoutAddresses } from '../../domain/lockout/count-behind.ts';
import { pairOf, plainAddress } from '../../domain/lockout/pair-name.ts';
import { applyEvent, lapseMicros, report, reserve, settle, unlock, untouched } from '../../domain/lockout/pair-state.ts';
import type { LockoutRules, PairEvent, PairState } from '../../domain/lockout/pair-state.ts';
import { testSeed } from '../harness/seed.ts';

const second = 1_000_000;
const minute = 60 * second;
const rules: LockoutRules = { maxAttempts: 5, windowMicros: 15 * minute, lockMicros: 15 * minute };
const seed = testSeed();
const address = '203.0.113.7';

/** So many attempts that failed, a second apart, from `from` on. */
function failed(count: number, { from = 0, state = untouched }: { from?: number; state?: PairState } = {}): { state: PairState; events: PairEvent[] } {
  const events: PairEvent[] = [];
  let current = state;
  for (let index = 0; index < count; index += 1) {
    const now = from + index * second;
    const id = `a${String(from)}-${String(index)}`;
    const reserved = reserve(current, { attemptId: id, address, now, rules });
    const reported = report(reserved.state, { attemptId: id, outcome: 'failure', now, rules });
    events.push(...reserved.events, ...reported.events);
    current = reported.state;
  }
  return { state: current, events };
}

const ask = (state: PairState, now: number) => reserve(state, { attemptId: 'next', address, now, rules }).answer;

describe('when attempts fail', () => {
  it('then the fifth one locks the pair for the lock time, and says so once', () => {
    const { state, events } = failed(5);

    expect(events.filter(({ kind }) => kind === 'locked')).toEqual([{ kind: 'locked', until: 4 * second + 15 * minute, attempts: 5 }]);
    expect(ask(state, 5 * second)).toEqual({ allowed: false, blockedUntil: 4 * second + 15 * minute });
  });

  it('then the window slides: the fifth within it counts, and one that has left it does not', () => {
    const four = failed(4).state;
    const justInside = reserve(four, { attemptId: 'x', address, now: 15 * minute - 1, rules });
    expect(report(justInside.state, { attemptId: 'x', outcome: 'failure', now: 15 * minute - 1, rules }).events.map(({ kind }) => kind)).toEqual(['failed', 'locked']);

    const justOutside = reserve(four, { attemptId: 'x', address, now: 15 * minute, rules });
    expect(report(justOutside.state, { attemptId: 'x', outcome: 'failure', now: 15 * minute, rules }).events.map(({ kind }) => kind)).toEqual(['failed']);
  });

  it('then the lock ends in time and what failed before it is forgotten', () => {
    const { state } = failed(5);
    const until = 4 * second + 15 * minute;

    expect(ask(state, until - 1)).toMatchObject({ allowed: false });
    const settled = settle(state, { now: until, rules });
    expect(settled.events).toEqual([{ kind: 'unlocked', by: 'time' }]);
    expect(ask(settled.state, until)).toEqual({ allowed: true, remaining: 4 });
  });

  it('then a success clears the pair', () => {
    const { state } = failed(4);
    const reserved = reserve(state, { attemptId: 's', address, now: 10 * second, rules });
    const cleared = report(reserved.state, { attemptId: 's', outcome: 'success', now: 10 * second, rules }).state;

    expect(ask(cleared, 11 * second)).toEqual({ allowed: true, remaining: 4 });
  });
});

describe('when attempts stay open', () => {
  const open = (count: number): PairState => {
    let state = untouched;
    for (let index = 0; index < count; index += 1) state = reserve(state, { attemptId: String(index), address, now: index * second, rules }).state;
    return state;
  };

  it('then five of them are all there is, without a lock, until the earliest lapses', () => {
    const fifth = open(5);
    expect(fifth.lockedUntil).toBeNull();
    expect(ask(fifth, 5 * second)).toEqual({ allowed: false, blockedUntil: lapseMicros });
  });

  it('then one nobody reports within 60 seconds is a failure of the time it was made', () => {
    const { state, events } = settle(open(1), { now: lapseMicros, rules });
    expect(events).toEqual([{ kind: 'failed', attemptId: '0', at: 0, lapsed: true }]);
    expect(state.failures).toEqual([0]);
    expect(report(state, { attemptId: '0', outcome: 'success', now: lapseMicros, rules }).answer).toBe('other outcome');
  });

  it('then five that lapse lock the pair from the moment of the fifth', () => {
    const { events } = settle(open(5), { now: 10 * minute, rules });
    expect(events.at(-1)).toEqual({ kind: 'locked', until: 4 * second + lapseMicros + rules.lockMicros, attempts: 5 });
  });
});

describe('when attempts are opened on a pair that is counted already', () => {
  const told = (state: PairState) => ({ version: 1, state, rules, now: 30 * second, events: [] });

  it('then they are counted at the same version, come the news in whatever order; addresses are told to nobody', () => {
    const { state } = failed(1);
    const one = reserve(state, { attemptId: 'x', address, now: 10 * second, rules }).state;
    const two = reserve(one, { attemptId: 'y', address, now: 20 * second, rules }).state;
    const before = { version: 1, state, rules };

    expect(countBehind(before, told(two))).toEqual({ counted: { ...before, state: two }, differs: false });
    expect(countBehind(countBehind(before, told(two)).counted, told(one)).counted.state).toEqual(two);
    expect(withoutAddresses(two)).toEqual({ ...two, open: [{ id: 'x', at: 10 * second, address: null }, { id: 'y', at: 20 * second, address: null }] });
  });
});

describe('when a report comes again, or is of nobody’s attempt', () => {
  it('then the same one is known, another outcome is not taken, and a foreign id is unknown', () => {
    const { state } = failed(1);
    expect(report(state, { attemptId: 'a0-0', outcome: 'failure', now: second, rules }).answer).toBe('known');
    expect(report(state, { attemptId: 'a0-0', outcome: 'success', now: second, rules }).answer).toBe('other outcome');
    expect(report(state, { attemptId: 'zz', outcome: 'success', now: second, rules }).answer).toBe('unknown');
  });
});

describe('when somebody unlocks', () => {
  it('then the pair counts from nothing, and what is not locked is not unlocked', () => {
    const { state } = failed(5);
    const unlocked = unlock(state, { now: 6 * second, rules });
    expect(unlocked?.events).toEqual([{ kind: 'unlocked', by: 'hand' }]);
    expect(unlock(untouched, { now: 0, rules })).toBeNull();
  });
});

describe(`when anything happens in any order (seed ${String(seed)})`, () => {
  const step = fc.record({ what: fc.constantFrom('try', 'success', 'failure', 'wait', 'unlock'), which: fc.nat(4), after: fc.integer({ min: 0, max: 5 * minute }) });

  it('then no more than the limit are open or failed within a window, and the events alone give the same state', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = untouched;
        let replayed = untouched;
        let now = 0;
        let made = 0;
        for (const { what, which, after } of steps) {
          now += after;
          let next: { state: PairState; events: readonly PairEvent[] };
          if (what === 'try') next = reserve(state, { attemptId: String((made += 1)), address, now, rules });
          else if (what === 'unlock') next = unlock(state, { now, rules }) ?? settle(state, { now, rules });
          else if (what === 'wait') next = settle(state, { now, rules });
          else next = report(state, { attemptId: state.open[which]?.id ?? 'none', outcome: what === 'success' ? 'success' : 'failure', now, rules });
          state = next.state;
          for (const event of next.events) replayed = applyEvent(replayed, event);
          expect(state.failures.filter((at) => at > now - rules.windowMicros).length + state.open.length).toBeLessThanOrEqual(rules.maxAttempts);
          expect(replayed.lockedUntil).toBe(state.lockedUntil);
          expect(replayed.failures.filter((at) => at > now - rules.windowMicros)).toEqual(state.failures);
        }
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('when a pair is named', () => {
  it('then spellings of one account and addresses of one network are one pair', () => {
    const base = pairOf({ account: 'ann@example.com', address: '203.0.113.7' });
    expect(pairOf({ account: '  Ann@EXAMPLE.com ', address: '::ffff:203.0.113.7' })).toEqual(base);
    expect(pairOf({ account: 'é', address: '203.0.113.7' }).id).toBe(pairOf({ account: 'é', address: '203.0.113.7' }).id);
    expect(pairOf({ account: 'a', address: '2001:db8:0:1::1' }).id).toBe(pairOf({ account: 'a', address: '2001:db8:0:1:ffff::9' }).id);
    expect(pairOf({ account: 'a', address: '2001:db8:0:1::1' }).id).not.toBe(pairOf({ account: 'a', address: '2001:db8:0:2::1' }).id);
    expect(pairOf({ account: 'ann@example.com', address: '203.0.113.8' }).id).not.toBe(base.id);
    expect(['::ffff:203.0.113.7', '2001:DB8:0:1:0:0:0:9'].map(plainAddress)).toEqual(['203.0.113.7', '2001:db8:0:1::9']);
  });
});
