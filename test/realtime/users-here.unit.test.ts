// What a process tells the others of who came and went: each coming and going once, however many connections somebody has.
import { expect, it } from '@jest/globals';
import { UsersHere } from '../../realtime/socket-io/users-here.ts';

const ada = { room: 'share:shr_1', userId: 'ada' };
const ben = { room: 'share:shr_1', userId: 'ben' };

function hereAndTold(...users: readonly (typeof ada)[]): UsersHere {
  const here = new UsersHere();
  for (const one of users) here.enter(one);
  here.wasTold(here.untold());
  return here;
}

it('when somebody comes, then that is told until it was told', () => {
  const here = new UsersHere();
  here.enter(ada);
  expect(here.untold()).toEqual({ entered: [ada], left: [] });
  // The telling may have failed.
  expect(here.untold()).toEqual({ entered: [ada], left: [] });
  here.wasTold(here.untold());
  expect(here.untold()).toEqual({ entered: [], left: [] });
});

it('when somebody is there twice, then they leave with the second leaving', () => {
  const here = hereAndTold(ada, ada);
  here.leave(ada);
  expect(here.untold()).toEqual({ entered: [], left: [] });
  here.leave(ada);
  expect(here.untold()).toEqual({ entered: [], left: [ada] });
});

it('when somebody comes and leaves, or leaves and comes, before it was told, then neither is told', () => {
  const here = hereAndTold(ben);
  here.enter(ada);
  here.leave(ada);
  here.leave(ben);
  here.enter(ben);
  expect(here.untold()).toEqual({ entered: [], left: [] });
});

it('when somebody leaves while their coming is told, then their leaving is told next', () => {
  const here = new UsersHere();
  here.enter(ada);
  const underWay = here.untold();
  here.leave(ada);
  here.wasTold(underWay);
  expect(here.untold()).toEqual({ entered: [], left: [ada] });
  here.wasTold(here.untold());
  expect(here.isEmpty).toBe(true);
});

it('when the database has lost what was told, then it is told again of those who are still there', () => {
  const here = hereAndTold(ada, ben);
  here.leave(ben);
  here.shown([]);
  expect(here.untold()).toEqual({ entered: [ada], left: [] });
  expect([...here.roomsTold()]).toEqual([]);
  here.wasTold(here.untold());
  here.shown([ada]);
  expect(here.untold()).toEqual({ entered: [], left: [] });
});
