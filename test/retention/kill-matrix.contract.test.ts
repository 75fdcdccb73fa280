// The worker, PostgreSQL and Temporal are killed while runs are under way, and Temporal's store is lost with several of them and under load: each run ends once, with one certificate, and what is gone is its plan minus what is held.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { verifyStored } from '../../bin/verify/verify-stored.ts';
import { makeHold } from '../../db/legal-hold/place-hold.ts';
import { makePlan } from '../../db/retention/make-plan.ts';
import { startRun } from '../../db/retention/run-rows.ts';
import { createPolicy } from '../../db/retention/write-policy.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { policyWish } from '../../domain/retention/policy.schema.ts';
import { eventually } from '../harness/eventually.ts';
import { isFullSize } from '../harness/fault-rounds.ts';
import { ownTemporal } from '../harness/own-temporal.ts';
import type { OwnTemporal } from '../harness/own-temporal.ts';
import { environmentFor, startWorkerProcess } from '../harness/processes.ts';
import type { OurProcess } from '../harness/processes.ts';
import { randomFrom } from '../harness/random-from.ts';
import { testSeed } from '../harness/seed.ts';
import { startJobInstallation } from '../job/job-installation.ts';
import type { JobInstallation } from '../job/job-installation.ts';
import { startKillablePostgres } from '../journal/killable-postgres.ts';
import type { KillablePostgres } from '../journal/killable-postgres.ts';
import { granted, officerOf } from '../legal-hold/officers.ts';
import { appendFacts, seqsWhere } from './made-run.ts';

const seed = testSeed();
const victims = ['worker', 'PostgreSQL', 'Temporal', 'store of Temporal'] as const;
type Victim = (typeof victims)[number];
/** Each kind once in every run of the tests; in full size six times, at other moments. */
const rounds = isFullSize() ? 6 : 1;
const entries = isFullSize() ? 60_000 : 6_000;
/** When Temporal's store is lost. */
const runsAtOnce = 3;
/** So small that a run has some forty of them, and is killed between them as well as within one. */
const batchEntries = entries / 40;
const tenthIsHeld = 10;

let postgres: KillablePostgres;
let temporal: OwnTemporal;
let worker: OurProcess;
let here: JobInstallation;
let env: Record<string, string>;

beforeAll(async () => {
  [postgres, temporal] = await Promise.all([startKillablePostgres(), ownTemporal()]);
  await temporal.start();
  const { ownerUrl, appUrl, prunerUrl } = postgres;
  env = { ...environmentFor({ ownerUrl, appUrl, temporalAddress: temporal.address }), HOLDFAST_PRUNER_DATABASE_URL: prunerUrl, HOLDFAST_RETENTION_BATCH: String(batchEntries) };
  worker = await startWorkerProcess({ env });
  here = await startJobInstallation({ address: temporal.address, database: { name: 'postgres', ownerUrl, appUrl, prunerUrl, drop: () => Promise.resolve() } });
}, 90_000);
afterAll(async () => {
  await here.end();
  await worker.stop();
  await temporal.end();
  await postgres.end();
}, 60_000);

interface Going {
  readonly tenantId: string;
  readonly policyId: string;
  readonly runId: string;
  /** What must be there at the end, of what the policy means. */
  readonly held: readonly number[];
}

async function go(tenantId: string): Promise<Going> {
  const { store, world: { clock, ids } } = here;
  const world = { ...store, clock, ids };
  const officer = officerOf(tenantId);
  await here.makeTenant(tenantId);
  await appendFacts(store, { tenantId, ids, facts: Array.from({ length: entries }, (_, index) => ({ share_id: index % tenthIsHeld === 0 ? 'held' : 'free' })) });
  const policy = granted(await createPolicy(world, officer, policyWish.parse({ name: 'Old', retention_days: 30, filter: { share_id: ['held', 'free'] } })));
  const plan = granted(await makePlan(world, officer, policy.id));
  granted(await makeHold(world, officer, { name: 'Late', items: [{ scope_type: 'share', scope_id: 'held' }] }));
  const held = await seqsWhere(store, tenantId, `share_id = 'held'`);
  const run = granted(await startRun(world, officer, { policyId: policy.id, planHash: plan.hash }));
  return { tenantId, policyId: policy.id, runId: run.id, held };
}

async function stateOf({ tenantId, runId }: Going): Promise<string> {
  const [row] = await queryAs<{ state: string }>(here.store.pool, tenantId, { text: 'SELECT state FROM retention_run WHERE tenant_id = $1 AND id = $2', values: [tenantId, runId] });
  return row?.state ?? 'not there';
}

async function removedBy({ tenantId, runId }: Going): Promise<number> {
  const [row] = await queryAs<{ removed: string }>(here.store.pool, tenantId, { text: 'SELECT removed FROM retention_run WHERE tenant_id = $1 AND id = $2', values: [tenantId, runId] });
  return Number(row?.removed);
}

const kill: Readonly<Record<Victim, (chance: number) => Promise<void>>> = {
  async worker() {
    await worker.kill9();
    worker = await startWorkerProcess({ env });
  },
  async PostgreSQL(chance) {
    await postgres.kill(chance < 0.5 ? 'everything' : 'postmaster');
    await postgres.comeBack();
  },
  async Temporal() {
    await temporal.kill9();
    await temporal.start();
  },
  async 'store of Temporal'() {
    await temporal.kill9();
    temporal.loseStore();
    await temporal.start();
  },
};

interface Load {
  /** How many entries were acknowledged, by tenant; whatever was not is thrown. */
  stop(): Promise<ReadonlyMap<string, number>>;
}

/** A writer for each log: nothing of what Temporal loses stands in their way. */
function writeMeanwhile(tenants: readonly string[]): Load {
  const { store, world: { ids } } = here;
  const load = { isOver: false };
  const writers = tenants.map(async (tenantId): Promise<[string, number]> => {
    let acknowledged = 0;
    for (; !load.isOver; acknowledged += 1) {
      await appendFacts(store, { tenantId, ids, facts: [{ share_id: 'busy' }] });
      await delay(5);
    }
    return [tenantId, acknowledged];
  });
  const written = Promise.all(writers);
  // Heard of when it is stopped.
  written.catch(() => undefined);
  return {
    async stop() {
      load.isOver = true;
      return new Map(await written);
    },
  };
}

describe('when something is killed while a run is under way', () => {
  it(`then each run ends once, with one certificate, and nothing but its plan is gone (${String(rounds * victims.length)} kills, seed ${String(seed)})`, async () => {
    const random = randomFrom(seed);
    const round = here.rounds();
    const going: Going[] = [];
    const moments: { victim: Victim; removed: number }[] = [];
    const acknowledged = new Map<string, number>();
    for (let index = 0; index < rounds; index += 1) {
      for (const victim of victims) {
        const losesStore = victim === 'store of Temporal';
        const runs: Going[] = [];
        while (runs.length < (losesStore ? runsAtOnce : 1)) {
          const run = await eventually(() => go(`kill${String(going.length)}-${String(Math.floor(random() * 1e9))}`), { limitMs: 30_000, everyMs: 200 });
          runs.push(run);
          going.push(run);
        }
        const load = losesStore ? writeMeanwhile(runs.map(({ tenantId }) => tenantId)) : null;
        await eventually(async () => (await round()).ok, { limitMs: 30_000, everyMs: 100 });
        for (const run of runs) await eventually(async () => (await stateOf(run)) !== 'queued', { limitMs: 30_000, everyMs: 10 });
        await delay(random() * 400);
        for (const run of runs) moments.push({ victim, removed: await removedBy(run) });
        await kill[victim](random());
        for (const [tenantId, count] of (await load?.stop()) ?? []) acknowledged.set(tenantId, count);
      }
    }
    for (const run of going) {
      await eventually(async () => {
        await round();
        return (await stateOf(run)) === 'completed';
      }, { limitMs: 60_000, everyMs: 250 });
    }
    await eventually(async () => (await queryAs(here.store.pool, going[0]?.tenantId ?? '', { text: `SELECT 1 FROM job WHERE tenant_id = $1 AND kind = 'retention_run' AND state <> 'completed'`, values: [going[0]?.tenantId] })).length === 0, { limitMs: 20_000 });

    // Often enough in the midst of it to mean something.
    expect(moments.filter(({ removed }) => removed < entries - entries / tenthIsHeld).length).toBeGreaterThan(rounds);
    for (const run of going) await judge(run);
    expect(acknowledged.size).toBe(rounds * runsAtOnce);
    for (const [tenantId, count] of acknowledged) {
      expect(count).toBeGreaterThan(0);
      expect(await seqsWhere(here.store, tenantId, `share_id = 'busy'`)).toHaveLength(count);
    }
    await eventually(async () => {
      await round();
      for (const { tenantId, policyId } of going) await here.temporal.schedule.getHandle(`holdfast:retention_due:${tenantId}:${policyId}`).describe();
      return true;
    }, { limitMs: 20_000, everyMs: 200 });
  }, isFullSize() ? 900_000 : 120_000);
});

async function judge({ tenantId, runId, held }: Going): Promise<void> {
  const { store } = here;
  const removed = entries - held.length;
  expect(await seqsWhere(store, tenantId, `share_id IN ('held', 'free')`)).toEqual(held);
  const [facts] = await queryAs<Record<string, unknown>>(store.pool, tenantId, {
    text: `SELECT (SELECT removed::int FROM retention_run WHERE tenant_id = $1 AND id = $2) AS removed, (SELECT sum(length(leaves) / 32)::int FROM tombstone WHERE tenant_id = $1) AS leaves,
        (SELECT count(*)::int FROM retention_certificate WHERE tenant_id = $1) AS certificates, (SELECT count(*)::int FROM entry WHERE tenant_id = $1 AND own_action = 'complete_retention_run') AS told,
        (SELECT count(*)::int FROM retention_kept WHERE tenant_id = $1 AND reason = 'hold') AS kept, (SELECT jsonb_agg(state) FROM job WHERE tenant_id = $1 AND kind = 'retention_run') AS jobs`,
    values: [tenantId, runId],
  });
  expect(facts).toEqual({ removed, leaves: removed, certificates: 1, told: 1, kept: held.length, jobs: ['completed'] });
  const said: string[] = [];
  expect({ sound: await verifyStored(store.pool, { tenant: tenantId, witnesses: [], publicKeys: null, say: (line) => said.push(line) }), said }).toMatchObject({ sound: true });
}
