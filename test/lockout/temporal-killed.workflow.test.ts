// Temporal is killed between the attempts of a pair and comes back: the gate never lets more than five through, and then the count behind it is the row's.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { KeptOn } from '../../activities/keep-on.ts';
import { startSignaller } from '../../activities/lockout/signaller.ts';
import { startWorker } from '../../activities/start-worker.ts';
import type { RunningWorker } from '../../activities/start-worker.ts';
import { createLockoutTeller } from '../../bin/root/lockout-teller.ts';
import type { LockoutTeller } from '../../bin/root/lockout-teller.ts';
import { endLockout, reportAttempt, reserveAttempt } from '../../db/lockout/gate.ts';
import type { GateWorld } from '../../db/lockout/gate.ts';
import { createPlainEffects } from '../../db/plain-effect.ts';
import { createPool } from '../../db/pool.ts';
import type { Pool } from '../../db/pool.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { lockoutTaskQueue, lockoutWorkflowId } from '../../workflows/lockout/lockout.messages.ts';
import { freshDatabase } from '../harness/database.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { ownTemporal } from '../harness/own-temporal.ts';
import type { OwnTemporal } from '../harness/own-temporal.ts';
import { testServers } from '../harness/published-servers.ts';
import { startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';

const rounds = isFullSize() ? 20 : 2;
const atOnce = 50;
const asking = { tenantId: 't', actor: null, requestId: null };
const log = pino({ level: 'silent' });
const limits = { limitMs: 40_000, everyMs: 50 };

let temporal: OwnTemporal;
let here: JobInstallation;
let worker: RunningWorker;
let teller: LockoutTeller;
let signaller: KeptOn;
let pools: readonly Pool[];
/** Two, as of two processes: only the row is between them. */
let gates: readonly GateWorld[];

beforeAll(async () => {
  const [own, database] = await Promise.all([ownTemporal(), freshDatabase()]);
  temporal = own;
  await temporal.start();
  const { address } = temporal;
  here = await startJobInstallation({ address, database });
  await here.makeTenant('t');
  worker = await startWorker({ temporalAddress: address, namespace: here.namespace, world: here.world, log, bundle: { codePath: testServers().workflowBundle }, taskQueue: lockoutTaskQueue, graceMs: 500 });
  teller = createLockoutTeller({ address, namespace: here.namespace });
  signaller = startSignaller({ pool: here.world.pool, ids: here.world.ids, log, tellLockout: teller.tellLockout }, { everyMs: 100 });
  pools = [createPool({ url: database.appUrl, max: 4 }), createPool({ url: database.appUrl, max: 4 })];
  gates = pools.map((pool) => ({ ids: here.world.ids, write: createPlainEffects({ pool }).run }));
}, 90_000);
afterAll(async () => {
  await signaller.stop();
  await Promise.all([teller.close(), worker.stop(), ...pools.map((pool) => pool.end())]);
  await here.end();
  await temporal.end();
}, 60_000);

/** Answers the pairs of those that were let through; they have failed. */
async function fail(account: string, times: number): Promise<string[]> {
  const reserved = await Promise.all(
    Array.from({ length: times }, async (_, index) => {
      const gate = gates[index % gates.length];
      if (gate === undefined) throw new Error('there is no gate');
      const attempt = await reserveAttempt(gate, asking, { account, address: '203.0.113.7' });
      if (isRefusal(attempt)) throw new Error(attempt.message);
      return { gate, attempt };
    }),
  );
  const passed = reserved.filter(({ attempt }) => attempt.allowed);
  for (const { gate, attempt } of passed) expect(await reportAttempt(gate, asking, { attemptId: attempt.attemptId, outcome: 'failure' })).toBeNull();
  return passed.map(({ attempt }) => attempt.attemptId.slice(0, 32));
}

async function rowOf(pairId: string): Promise<{ readonly version: string; readonly signalled_version: string }> {
  const [row] = await here.sql<{ version: string; signalled_version: string }>('SELECT version, signalled_version FROM lockout_pair WHERE id = $1', [pairId]);
  if (row === undefined) throw new Error(`there is no pair ${pairId}`);
  return row;
}

const isTold = async (pairId: string): Promise<boolean> => {
  const { version, signalled_version: told } = await rowOf(pairId);
  return version === told;
};

describe('when Temporal is killed between the attempts of a pair', () => {
  it(`then exactly five pass, one entry tells of the lock, and afterwards the count of the workflow is that of the row (${String(rounds)} rounds)`, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const account = `round${String(round)}@example.com`;
      const before = await fail(account, 2);
      const [pairId = ''] = before;
      await eventually(() => isTold(pairId), limits);

      await temporal.kill9();
      const meanwhile = await fail(account, atOnce);
      expect(before.length + meanwhile.length).toBe(5);
      expect(await isTold(pairId)).toBe(false);

      await temporal.start();
      expect(await fail(account, atOnce)).toEqual([]);
      await eventually(() => isTold(pairId), limits);
      expect(await here.sql(`SELECT 1 FROM entry WHERE event_type = 'security.account_lockout' AND details->>'account' = $1`, [account])).toHaveLength(1);

      expect(await endLockout({ ids: here.world.ids, write: createPlainEffects({ pool: here.world.pool }).run }, asking, { id: pairId, reason: 'told apart' })).toBeNull();
      const handle = here.temporal.workflow.getHandle(lockoutWorkflowId({ tenantId: 't', pairId }));
      const { version } = (await handle.result()) as { readonly version: number };
      expect(String(version)).toBe((await rowOf(pairId)).version);
      const { events = [] } = await handle.fetchHistory();
      expect(events?.flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [])).not.toContain('reportDifference');
    }
  }, isFullSize() ? 900_000 : 90_000);
});
