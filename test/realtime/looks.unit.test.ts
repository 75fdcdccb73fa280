// Connections are looked at in turns: each as often as before, never all at once.
import { expect, it } from '@jest/globals';
import { lookInTurns } from '../../realtime/hub/looks.ts';

interface Looked {
  looks: number;
  look(): void;
}

function looked(): Looked {
  return {
    looks: 0,
    look() {
      this.looks += 1;
    },
  };
}

it('when it was the turn of ten parts, then everybody was looked at once, and of no part more than a tenth', () => {
  const everybody = new Set(Array.from({ length: 1_000 }, looked));
  const lookAtSome = lookInTurns(everybody);
  for (let turn = 1; turn <= 10; turn += 1) {
    lookAtSome();
    expect([...everybody].filter(({ looks }) => looks === 1)).toHaveLength(turn * 100);
  }
  lookAtSome();
  expect([...everybody].filter(({ looks }) => looks === 2)).toHaveLength(100);
});

it('when somebody ends because of what is seen, then all others have their turn', () => {
  const everybody = new Set<Looked>();
  const others = Array.from({ length: 14 }, looked);
  const ending = { looks: 0, look: () => everybody.delete(ending) };
  for (const one of [...others.slice(0, 5), ending, ...others.slice(5)]) everybody.add(one);
  const lookAtSome = lookInTurns(everybody);
  for (let turn = 0; turn < 10; turn += 1) lookAtSome();
  expect(everybody.has(ending)).toBe(false);
  expect(others.filter(({ looks }) => looks === 0)).toEqual([]);
});

it('when nobody is there, or nobody any more, then whoever comes then has their turn', () => {
  const everybody = new Set<Looked>();
  const lookAtSome = lookInTurns(everybody);
  lookAtSome();
  const first = looked();
  everybody.add(first);
  lookAtSome();
  everybody.delete(first);
  lookAtSome();
  const last = looked();
  everybody.add(last);
  lookAtSome();
  expect([first.looks, last.looks]).toEqual([1, 1]);
});
