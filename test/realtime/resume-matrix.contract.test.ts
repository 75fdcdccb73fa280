// Coming back, at every door: cut off in four ways, after so many entries, with rights kept or lost meanwhile.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isFullSize } from '../harness/fault-rounds.ts';
import { eventually } from '../harness/eventually.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import type { DoorClient } from './door-client.ts';
import { doors } from './doors.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';
import { cells } from './resume-cells.ts';
import type { Cell } from './resume-cells.ts';
import { startTwoProcesses } from './two-processes.ts';
import type { TwoProcesses } from './two-processes.ts';

const seed = testSeed();

let processes: TwoProcesses;
beforeAll(async () => {
  processes = await startTwoProcesses();
}, 60_000);
afterAll(async () => {
  await processes.end();
});

/** Of each way with each fate one, and of those that start a process again one alone: that costs more than all the rest. */
function sampled(): readonly Cell[] {
  const random = randomFrom(seed);
  const shuffled = cells.map((cell) => ({ cell, at: random() })).sort((a, b) => a.at - b.at).map(({ cell }) => cell);
  const kinds = Map.groupBy(shuffled, ({ way, fate }) => (way === 'kill -9 of the server' ? way : `${way}, ${fate}`));
  return [...kinds.values()].flatMap((kind) => kind.slice(0, 1));
}

const numbered = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => `f${String(from + index)}`);

function connectAll(url: string, tenant: MadeTenant, cursors: readonly string[] = []): Promise<DoorClient[]> {
  return Promise.all(doors.map((door, index) => door.connect({ url, token: tenant.member, cursor: cursors[index] ?? null }, tenant)));
}

function allSee(clients: readonly DoorClient[], ids: readonly string[]): Promise<unknown> {
  return eventually(() => {
    expect(clients.map((client) => client.ids)).toEqual(clients.map(() => ids));
  }, { limitMs: 15_000 });
}

/** Answers where the clients come back to. */
async function cutOff(way: Cell['way'], clients: readonly DoorClient[]): Promise<string> {
  if (way === 'kill -9 of the server') {
    await processes.killFirst();
    await processes.startFirst();
  } else {
    for (const client of clients) if (way === 'a reload') client.leave(); else client.drop();
  }
  return way === 'a move to another process' ? processes.second.url : processes.first.url;
}

const cellsHere = isFullSize() ? cells : sampled();
const of = (fate: Cell['fate']): readonly Cell[] => cellsHere.filter((cell) => cell.fate === fate);

describe(`coming back to every door, seed ${String(seed)}`, () => {
  it.each(of('kept'))('when $way came after $before entries and the rights were $fate, then the rest comes, once and in order', async ({ way, before }) => {
    const tenant = await madeTenant(processes.writer, 'back');
    const first = await connectAll(processes.first.url, tenant);
    await tenant.write(numbered(0, before));
    await allSee(first, numbered(0, before));
    const cursors = first.map((client) => client.cursor());
    const url = await cutOff(way, first);
    await tenant.write(numbered(before, 20));
    const second = await connectAll(url, tenant, cursors);
    await tenant.write(numbered(before + 20, 5));

    await allSee(second, numbered(before, 25));
    for (const client of second) client.drop();
  }, 60_000);

  it.each(of('revoked while away'))('when $way came after $before entries and the rights were $fate, then nothing more comes', async ({ way, before }) => {
    const tenant = await madeTenant(processes.writer, 'back');
    const first = await connectAll(processes.first.url, tenant);
    await tenant.write(numbered(0, before));
    await allSee(first, numbered(0, before));
    const cursors = first.map((client) => client.cursor());
    const url = await cutOff(way, first);
    await tenant.suspendMember();
    await tenant.write(numbered(before, 5));

    await turnedAway(url, tenant, cursors);
  }, 60_000);

  it.each(of('revoked while connected'))('when $way came after $before entries and the rights were $fate, then nothing newer than the revocation comes, before and after the cut', async ({ way, before }) => {
    const tenant = await madeTenant(processes.writer, 'back');
    const first = await connectAll(processes.first.url, tenant);
    await tenant.write(numbered(0, before));
    await allSee(first, numbered(0, before));
    const cursors = first.map((client) => client.cursor());
    await tenant.suspendMember();
    // The connections end by the revocation or by the cut, whichever reaches them first; what is newer is on its way meanwhile.
    const [url] = await Promise.all([cutOff(way, first), tenant.write(numbered(before, 5))]);
    await Promise.all(first.map((client) => client.ended));

    expect(first.map((client) => client.ids)).toEqual(first.map(() => numbered(0, before)));
    await turnedAway(url, tenant, cursors);
  }, 60_000);
});

async function turnedAway(url: string, tenant: MadeTenant, cursors: readonly string[]): Promise<void> {
  const clients = await connectAll(url, tenant, cursors);
  expect(await Promise.all(clients.map((client) => client.ended))).toEqual(doors.map(() => 4401));
  expect(clients.flatMap((client) => client.ids)).toEqual([]);
}
