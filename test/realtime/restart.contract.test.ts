// A restart under many clients that all come back at once: everybody is caught up, nothing is lost, memory stays bounded, and a server that stops in order spreads them over time.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenFor } from '../harness/api.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { eventually } from '../harness/eventually.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';
import { ReturningClient } from './returning-clients.ts';
import { startKillableApi } from './killable-api.ts';
import type { KillableApi } from './killable-api.ts';

const seed = testSeed();
const full = isFullSize();
const count = full ? 5_000 : 100;
const connectionsPerUser = 50;
/** What every client misses while the server is away: kept for each of them it would be more than a gibibyte in the full size. */
const missed = full ? 400 : 200;
const padding = 'x'.repeat(500);
/** A process that needs more heap than this dies, and the test with it. */
const heapMiB = full ? 320 : 160;
const limitMs = full ? 240_000 : 45_000;

let api: KillableApi;
let tenant: MadeTenant;
let clients: ReturningClient[] = [];
let written = 0;
beforeAll(async () => {
  api = await startKillableApi({ variables: { NODE_OPTIONS: `--max-old-space-size=${String(heapMiB)}` } });
  tenant = await madeTenant(api.writer, 'restart');
  const random = randomFrom(seed);
  const tokens: string[] = [];
  for (let user = 0; user < count / connectionsPerUser; user += 1) tokens.push(await memberToken(`usr_${String(user)}`));
  clients = Array.from({ length: count }, (_, index) => new ReturningClient({ url: () => api.first.url, token: tokens[index % tokens.length] ?? '', random }));
  for (let at = 0; at < count; at += 50) await Promise.all(clients.slice(at, at + 50).map((client) => client.connect()));
  await write(5);
  await caughtUp();
}, 180_000);
afterAll(async () => {
  for (const client of clients) client.leave();
  await api.end();
});

async function memberToken(userId: string): Promise<string> {
  await tenant.call(`/api/v1/directory/users/${userId}`, { method: 'PUT', json: { email: `${userId}@example.com`, name: userId } });
  await tenant.call(`/api/v1/directory/profiles/shr_1/members/${userId}`, { method: 'PUT', json: { role: 'member' } });
  return tokenFor({ tenantId: tenant.tenantId, userId });
}

async function write(entries: number): Promise<void> {
  await tenant.write(Array.from({ length: entries }, (_, index) => String(written + index)), { change: { change_type: 'created', new_path: '/a', metadata: { padding } } });
  written += entries;
}

function caughtUp(): Promise<unknown> {
  return eventually(() => {
    expect(clients.flatMap(({ faults }) => faults).slice(0, 5)).toEqual([]);
    expect(clients.filter(({ received }) => received !== written).length).toBe(0);
  }, { limitMs, everyMs: 50 });
}

/** The most it ever held, garbage that was not collected yet included. */
function peakMiBOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) / 1024;
}

/** Clients were told of nothing while it was away; all of them come with their cursors as soon as it is back. */
async function restart(end: () => Promise<void>): Promise<void> {
  await Promise.all([end(), write(missed)]);
  await api.startFirst();
  const { pid } = api.first;
  const startedMs = performance.now();
  await caughtUp();
  if (full) process.stderr.write(`${String(count)} clients caught up in ${((performance.now() - startedMs) / 1000).toFixed(1)} s; the server held ${peakMiBOf(pid).toFixed(0)} MiB at most\n`);
  expect(peakMiBOf(pid)).toBeLessThan(heapMiB * 2);
  await write(3);
  await caughtUp();
}

describe(`${String(count)} clients at once, seed ${String(seed)}`, () => {
  it('when the server is killed, then all of them come back at once, and each gets everything, once and in order', async () => {
    await restart(() => api.killFirst());

    expect(clients.every(({ connections }) => connections === 2)).toBe(true);
  }, limitMs * 2);

  it('when the server stops in order, then each is advised another time to come back, spread over seconds, and nothing is lost', async () => {
    await restart(() => api.first.stop());

    const advised = clients.flatMap(({ advisedMs }) => advisedMs);
    expect(advised).toHaveLength(count);
    const perSecond = [0, 1, 2, 3, 4].map((second) => advised.filter((ms) => ms >= second * 1_000 && ms <= (second + 1) * 1_000).length);
    for (const inSecond of perSecond) expect(inSecond).toBeGreaterThan(count / 25);
  }, limitMs * 2);
});
