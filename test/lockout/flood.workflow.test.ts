// A flood of addresses: one failure each starts no workflow; with two each, sign-ins, locks and other work go on while the telling catches up.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { startSignaller } from '../../activities/lockout/signaller.ts';
import type { KeptOn } from '../../activities/keep-on.ts';
import { startWorker } from '../../activities/start-worker.ts';
import type { RunningWorker } from '../../activities/start-worker.ts';
import { createLockoutTeller } from '../../bin/root/lockout-teller.ts';
import type { LockoutTeller } from '../../bin/root/lockout-teller.ts';
import { reportAttempt, reserveAttempt } from '../../db/lockout/gate.ts';
import { createPlainEffects } from '../../db/plain-effect.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { lockoutTaskQueue } from '../../workflows/lockout/lockout.messages.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { testServers } from '../harness/published-servers.ts';
import { startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';

const addresses = isFullSize() ? 20_000 : 150;
const accounts = 50;
const atOnce = 16;
// Slower in the small size, so that a flood of it is one as well.
const pairsPerSecond = isFullSize() ? 20 : 5;
const minutes = 60_000;

let here: JobInstallation;
let api: TestApi;
let pools: Pool[] = [];
let workers: RunningWorker[] = [];
let teller: LockoutTeller;
let signaller: KeptOn;
let token = '';
let told = 0;

beforeAll(async () => {
  here = await startJobInstallation();
  api = await startTestApi({ temporalAddress: here.address, temporalNamespace: here.namespace });
  await api.makeTenant('t');
  token = await tokenFor({ tenantId: 't', scope: 'tenant:admin events:write' });
  // The parts of a worker process, each with connections of its own, as `npm run worker` has them.
  const working = createPool({ url: api.database.appUrl, max: 10 });
  const steering = createPool({ url: api.database.appUrl, max: 4 });
  pools = [working, steering];
  const log = pino({ level: 'silent' });
  const world = { ...here.world, pool: working };
  const carrying = { temporalAddress: here.address, namespace: here.namespace, world, log, bundle: { codePath: testServers().workflowBundle }, graceMs: 500 };
  workers = await Promise.all([startWorker(carrying), startWorker({ ...carrying, taskQueue: lockoutTaskQueue, activitiesAtOnce: 6 })]);
  teller = createLockoutTeller({ address: here.address, namespace: here.namespace });
  signaller = startSignaller(
    {
      pool: steering,
      ids: here.world.ids,
      log,
      async tellLockout(pair, news) {
        await teller.tellLockout(pair, news);
        told += 1;
      },
    },
    { everyMs: 100, pairsPerSecond },
  );
}, minutes);
afterAll(async () => {
  await signaller.stop();
  await teller.close();
  await Promise.all(workers.map((worker) => worker.stop()));
  await Promise.all(pools.map((pool) => pool.end()));
  await api.end();
  await here.end();
}, minutes);

/** One failure from each address. */
async function flood(): Promise<void> {
  const gate = { ids: here.world.ids, write: createPlainEffects({ pool: api.world.pool }).run };
  const asking = { tenantId: 't', actor: null, requestId: null };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < addresses) {
      const index = next;
      next += 1;
      const address = `10.${String(index >> 16)}.${String((index >> 8) & 255)}.${String(index & 255)}`;
      const reserved = await reserveAttempt(gate, asking, { account: `user${String(index % accounts)}@example.com`, address });
      if (isRefusal(reserved) || !reserved.allowed) throw new Error('an attempt was not allowed');
      if ((await reportAttempt(gate, asking, { attemptId: reserved.attemptId, outcome: 'failure' })) !== null) throw new Error('a report was refused');
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

const countOf = async (condition: string): Promise<number> =>
  Number((await queryAsOwner<{ n: string }>(api.database, `SELECT count(*) AS n FROM lockout_pair WHERE ${condition}`))[0]?.n);
const untold = () => countOf('version > signalled_version AND failures > 1');

async function attempt(account: string, outcome: 'success' | 'failure'): Promise<number> {
  const startedMs = performance.now();
  const reserved = await api.call('/api/v1/auth/attempts', { method: 'POST', token, json: { account, ip_address: '203.0.113.9' } });
  expect(reserved.status).toBe(200);
  const reported = await api.call(`/api/v1/auth/attempts/${String(reserved.body.attempt_id)}`, { method: 'POST', token, json: { outcome } });
  expect(reported.status).toBe(200);
  return performance.now() - startedMs;
}

describe('when each of many addresses fails once', () => {
  it(
    'then nobody is told of any, and no workflow starts',
    async () => {
      await flood();

      expect(await countOf('failures = 1')).toBe(addresses);
      expect(await countOf('signalled_version > 0')).toBe(0);
      expect(told).toBe(0);
      expect((await here.temporal.workflow.count(`WorkflowType = 'lockout'`)).count).toBe(0);
    },
    30 * minutes,
  );
});

describe('when each of them fails twice', () => {
  it(
    'then sign-ins, a lock and other work go on while the telling catches up at its pace',
    async () => {
      const floodedMs = performance.now();
      await flood();
      const signIns = [];
      for (let count = 0; count < 30; count += 1) signIns.push(await attempt(`good${String(count)}@example.com`, 'success'));
      const jobMs = performance.now();
      const { body: job } = await api.call('/api/v1/admin/jobs', { method: 'POST', token, json: { kind: 'checkpoint' } });
      for (let count = 0; count < 5; count += 1) await attempt('locked@example.com', 'failure');
      await eventually(async () => (await countOf(`account = 'locked@example.com' AND signalled_version = version AND locked_until IS NOT NULL`)) === 1, { limitMs: 10_000 });
      await eventually(async () => (await api.call(`/api/v1/admin/jobs/${String(job.id)}`, { token })).body.state === 'completed', { limitMs: 10_000, everyMs: 50 });
      const waiting = await untold();
      const seconds = (performance.now() - floodedMs) / 1_000;

      // All of it happened while the flood was far from told.
      expect(waiting).toBeGreaterThan(0);
      expect(told).toBeLessThanOrEqual(pairsPerSecond * (seconds + 2));
      expect(signIns.toSorted((a, b) => a - b)[Math.floor(signIns.length * 0.9)]).toBeLessThan(2_000);
      process.stdout.write(
        `${String(addresses)} addresses twice in ${seconds.toFixed(1)} s: ${String(told)} told, ${String(waiting)} waiting; sign-ins p50 ${median(signIns)} ms; a job took ${((performance.now() - jobMs) / 1_000).toFixed(1)} s\n`,
      );
    },
    40 * minutes,
  );

  it('then in time those who wait are told as well, as a control of what was counted', async () => {
    const before = told;
    await eventually(() => told >= before + 5, { limitMs: 10_000 });

    expect((await here.temporal.workflow.count(`WorkflowType = 'lockout'`)).count).toBeGreaterThan(0);
  });
});

function median(values: readonly number[]): string {
  return (values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN).toFixed(0);
}
