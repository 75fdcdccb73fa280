// A crash at any moment between commit and delivery loses nothing: at every door, whoever comes back has all that was acknowledged, once and in order.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openLive } from '../../bin/root/live-doors.ts';
import type { LiveDoors } from '../../realtime/live-doors.ts';
import { startTestApi } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { eventually } from '../harness/eventually.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import type { DoorClient } from './door-client.ts';
import { doors } from './doors.ts';
import { startKillableApi } from './killable-api.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';

const seed = testSeed();
/** Somewhere between the request, its commit, its answer and its frames. */
const withinMs = 40;

/** What the clients are connected to, and how it is ended and begun again. */
interface Crashing {
  readonly writer: TestApi;
  url(): string;
  crash(): Promise<void>;
  comeBack(): Promise<void>;
  end(): Promise<void>;
}

/** The live doors of this process end and open again: it costs little, and nothing of them is remembered. */
async function doorsHere(): Promise<Crashing> {
  const writer = await startTestApi();
  const openHere = (): LiveDoors => openLive({ server: writer.server, world: writer.world, appUrl: writer.database.appUrl, allowedOrigins: [] });
  let live = openHere();
  return {
    writer,
    url: () => writer.url,
    crash: () => live.stop(),
    comeBack: () => {
      live = openHere();
      return Promise.resolve();
    },
    async end() {
      await live.stop();
      await writer.end();
    },
  };
}

async function killedProcess(): Promise<Crashing> {
  const api = await startKillableApi();
  return { writer: api.writer, url: () => api.first.url, crash: () => api.killFirst(), comeBack: () => api.startFirst(), end: () => api.end() };
}

const numbered = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => `f${String(from + index)}`);

let crashing: Crashing;
beforeAll(async () => {
  crashing = await (isFullSize() ? killedProcess() : doorsHere());
}, 60_000);
afterAll(async () => {
  await crashing.end();
});

function connectAll(tenant: MadeTenant, cursors: readonly (string | null)[]): Promise<DoorClient[]> {
  return Promise.all(doors.map((door, index) => door.connect({ url: crashing.url(), token: tenant.member, cursor: cursors[index] ?? null }, tenant)));
}

/** What was written of files and is kept, page by page. */
async function changesOf({ call }: MadeTenant): Promise<string[]> {
  const kept: string[] = [];
  for (let cursor = '0'; ; ) {
    const { body } = await call(`/api/v1/sync/changes?share_id=shr_1&limit=1000&cursor=${encodeURIComponent(cursor)}`);
    kept.push(...(body.changes as { resource_type: string; resource_id: string }[]).filter(({ resource_type: type }) => type === 'file').map(({ resource_id: id }) => id));
    if (body.has_more !== true) return kept;
    cursor = body.cursor as string;
  }
}

const crashes = isFullSize() ? 100 : 20;

describe(`${String(crashes)} ${isFullSize() ? 'kills with -9' : 'ends of the live doors'}, seed ${String(seed)}`, () => {
  it('when each comes at a random moment between commit and delivery, then no door loses, repeats or turns round an entry', async () => {
    const random = randomFrom(seed);
    const tenant = await madeTenant(crashing.writer, 'cut');
    const received = doors.map((): string[] => []);
    let cursors: readonly (string | null)[] = [];
    const acknowledged: string[] = [];
    let written = 0;
    for (let crash = 0; crash < crashes; crash += 1) {
      const clients = await connectAll(tenant, cursors);
      const count = 1 + Math.floor(random() * 60);
      const names = numbered(written, count);
      // What crashes has now and then written it too: whether that is kept, its answer may come too late to say.
      const writing = random() < 0.5 ? tenant.writeThrough(crashing.url(), names) : tenant.write(names).then(() => true);
      written += count;
      await pause(random() * withinMs);
      const [isKept] = await Promise.all([writing, crashing.crash()]);
      if (isKept) acknowledged.push(...names);
      await Promise.all(clients.map((client) => client.ended));
      clients.forEach((client, index) => received[index]?.push(...client.ids));
      cursors = clients.map((client) => client.cursor());
      await crashing.comeBack();
    }
    const last = await connectAll(tenant, cursors);
    const kept = await changesOf(tenant);
    await eventually(() => {
      expect(last.map((client, index) => [...(received[index] ?? []), ...client.ids])).toEqual(doors.map(() => kept));
    }, { limitMs: 15_000 });
    expect(kept).toEqual(expect.arrayContaining(acknowledged));
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const client of last) client.drop();
  }, isFullSize() ? 1_200_000 : 60_000);
});
