// Presence in large rooms: made once for all who are told the same, differences alone for who was told before, and later for who cannot take it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tellPresence } from '../../db/realtime/presence.ts';
import { createPresenceBoard } from '../../realtime/socket-io/presence.ts';
import type { PresenceBoard, PresenceNews } from '../../realtime/socket-io/presence.ts';
import { presenceFrame } from '../../realtime/socket-io/presence-frame.ts';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';

let api: TestApi;
let board: PresenceBoard;
const errors: unknown[] = [];
beforeAll(async () => {
  api = await startTestApi();
  board = createPresenceBoard({ pool: api.world.pool, clock: api.world.clock, everyMs: 20, onError: (error) => errors.push(error) });
});
afterAll(async () => {
  await board.stop();
  await api.end();
});

interface Member {
  readonly told: PresenceNews[];
  isBusy: boolean;
  leave(): void;
}

function enter(tenantId: string, userId: string): Member {
  const told: PresenceNews[] = [];
  const member: Member = { told, isBusy: false, leave: () => undefined };
  const tell = (news: PresenceNews): boolean => {
    if (!member.isBusy) told.push(news);
    return !member.isBusy;
  };
  member.leave = board.enter({ tenantId, room: 'share:shr_1' }, { userId, tell });
  return member;
}

const users = (count: number): string[] => Array.from({ length: count }, (_, index) => `u${String(index).padStart(4, '0')}`);

describe('what processes tell each other', () => {
  it('when nobody came or went since the last answer, then nobody is read; when somebody did, anywhere, then everybody is', async () => {
    await api.makeTenant('presence2');
    const about = { tenantId: 'presence2', left: [], leaseSeconds: 10, rooms: ['share:shr_1'] };
    const ada = { room: 'share:shr_1', userId: 'ada' };
    const first = await tellPresence(api.world.pool, { ...about, processId: 'p1', entered: [ada], known: null });
    expect(first.present).toEqual([{ ...ada, processId: 'p1' }]);
    const again = await tellPresence(api.world.pool, { ...about, processId: 'p1', entered: [], known: first.version });
    expect(again).toEqual({ version: first.version, present: null });

    const other = await tellPresence(api.world.pool, { ...about, processId: 'p2', entered: [{ ...ada, userId: 'ben' }], known: null });
    const then = await tellPresence(api.world.pool, { ...about, processId: 'p1', entered: [], known: first.version });
    expect(then.version).toBe(other.version);
    expect(then.present?.map(({ userId }) => userId).sort()).toEqual(['ada', 'ben']);
    const elsewhere = await tellPresence(api.world.pool, { ...about, processId: 'p1', entered: [], rooms: ['share:shr_2'], known: null });
    expect(elsewhere.present).toEqual([]);
  });
});

describe('a room of many', () => {
  it('when one joins, then that one is told everybody and all others the same difference, made once', async () => {
    await api.makeTenant('presence1');
    const names = users(2_000);
    const members = names.map((name) => enter('presence1', name));
    await eventually(() => members.every(({ told }) => told.length > 0));
    const [first, second] = members;
    expect(first?.told[0]).toEqual({ users: names, total: 2_000 });
    expect(second?.told[0]).toBe(first?.told[0]);
    const busy = members[2];
    if (first === undefined || second === undefined || busy === undefined) throw new Error('nobody is there');
    busy.isBusy = true;
    const late = enter('presence1', 'v');
    await eventually(() => late.told.length > 0 && first.told.length > 1);

    expect(late.told[0]).toEqual({ users: [...names, 'v'], total: 2_001 });
    expect(first.told[1]).toEqual({ total: 2_001, joined: ['v'] });
    expect(second.told[1]).toBe(first.told[1]);
    expect(presenceFrame({ share_id: 'shr_1' }, first.told[1] ?? {})).toBe(presenceFrame({ share_id: 'shr_1' }, second.told[1] ?? {}));
    expect(busy.told).toHaveLength(1);
    busy.isBusy = false;
    await eventually(() => busy.told.length === 2);
    expect(busy.told[1]).toEqual({ users: [...names, 'v'], total: 2_001 });
    expect(first.told).toHaveLength(2);
    late.leave();
    await eventually(() => first.told.length === 3);
    expect(first.told[2]).toEqual({ total: 2_000, left: ['v'] });
    for (const { leave } of members) leave();
    expect(errors).toEqual([]);
  });
});
