// Slow readers cost only themselves: memory stays bounded, others are not held up, and whoever takes it in the end gets everything.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isFullSize } from '../harness/fault-rounds.ts';
import { eventually } from '../harness/eventually.ts';
import type { Door } from './door-client.ts';
import { doors } from './doors.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import { uiDoor } from './ui-door.ts';

/** 20,000 frames of 4 KiB prove it. Fewer and larger ones, 40 MiB in all, are far more than what may be held, and than the network takes off our hands. */
const full = isFullSize();
const { frames, kibibytes } = full ? { frames: 20_000, kibibytes: 4 } : { frames: 1_250, kibibytes: 32 };
const padding = 'x'.repeat(kibibytes * 1_024);
const mayBeHeldBytes = 20 * 1024 * 1024;
const limitMs = full ? 300_000 : 60_000;

let api: LiveApi;
beforeAll(async () => {
  api = await startLiveApi({ limits: { sweepMs: 50, stalledMs: limitMs } });
});
afterAll(async () => {
  await api.end();
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A call has its limit too. */
const atOnce = Math.floor(2_000 / kibibytes);

/** Buffers are given back a moment after what held them: until then they would be taken for what was held before. */
function settledBytes(): Promise<number> {
  let last = heldBytes();
  return eventually(() => {
    const now = heldBytes();
    const isSettled = last - now < 64 * 1024;
    last = now;
    return isSettled ? now : null;
  }, { everyMs: 200 }) as Promise<number>;
}

const big = { change: { change_type: 'created', metadata: { padding } }, details: { padding: '' } };
/** Doors whose frames carry what an entry says of its resource. */
const wide: readonly Door[] = doors.filter(({ name }) => name === 'ui-ws' || (full && (name === 'socket.io' || name === 'sync-ws')));

describe.each(wide)('$name', (door) => {
  it(`when a client takes nothing while ${String(frames)} frames of ${String(kibibytes)} KiB come, then it is told of its lag, holds no memory, and gets all of them in order later`, async () => {
    const tenant = await madeTenant(api, 'slow');
    const slow = await door.connect({ url: api.url, token: tenant.member }, tenant);
    const quick = await uiDoor.connect({ url: api.url, token: tenant.admin }, tenant);
    slow.pause();
    const before = await settledBytes();
    const ids = Array.from({ length: frames }, (_, index) => `f${String(index)}`);
    for (let at = 0; at < frames; at += atOnce) await tenant.write(ids.slice(at, at + atOnce), big);
    await eventually(() => quick.ids.length === frames, { limitMs: limitMs / 3 });
    // The tail's ring (8 MiB) is part of what is held. Buffers are given back a moment after what held them.
    await eventually(() => {
      expect(heldBytes() - before).toBeLessThan(mayBeHeldBytes);
    }, { everyMs: 200 });
    slow.resume();
    await eventually(() => slow.ids.length === frames, { limitMs: limitMs / 3 });

    expect(slow.ids).toEqual(ids);
    expect(quick.ids).toEqual(ids);
    expect(slow.lags).toBeGreaterThan(0);
    slow.drop();
    quick.drop();
  }, limitMs);
});

describe('a door without bounds, as the control', () => {
  it('when a client takes nothing meanwhile, then more is held than may be: what is measured above can fail', async () => {
    const unbounded = await startLiveApi({ limits: { sweepMs: 50, stalledMs: limitMs, budgetBytes: Infinity, budgetFrames: Infinity, closeBytes: Infinity } });
    const tenant = await madeTenant(unbounded, 'slow');
    const slow = await uiDoor.connect({ url: unbounded.url, token: tenant.member }, tenant);
    const quick = await uiDoor.connect({ url: unbounded.url, token: tenant.admin }, tenant);
    slow.pause();
    const before = await settledBytes();
    const ids = Array.from({ length: frames }, (_, index) => `f${String(index)}`);
    for (let at = 0; at < frames; at += atOnce) await tenant.write(ids.slice(at, at + atOnce), big);
    await eventually(() => quick.ids.length === frames, { limitMs: limitMs / 3 });

    expect(heldBytes() - before).toBeGreaterThan(mayBeHeldBytes);
    slow.drop();
    quick.drop();
    await unbounded.end();
  }, limitMs);
});

describe('a client that never takes anything again', () => {
  it('when its time is up, then it is closed with 4429', async () => {
    const impatient = await startLiveApi({ limits: { sweepMs: 20, stalledMs: 200, budgetBytes: 20_000 } });
    const tenant = await madeTenant(impatient, 'slow');
    const slow = await uiDoor.connect({ url: impatient.url, token: tenant.member }, tenant);
    slow.pause();
    for (let round = 0; round < 6; round += 1) await tenant.write(Array.from({ length: atOnce }, (_, index) => `f${String(index)}`), big);
    await eventually(() => impatient.doors.connectionCount === 0, { limitMs: 10_000 });
    slow.resume();

    // The close comes behind what the network had taken already, unless the connection was cut first.
    expect([4429, 1006]).toContain(await slow.ended);
    await impatient.end();
  });
});
