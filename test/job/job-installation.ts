// What tests of durable work need: a database and a Temporal namespace of their own, workers on them, and rounds of the reconciler.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';
import { pino } from 'pino';
import { createRounds } from '../../activities/job/reconciler.ts';
import type { RoundOutcome } from '../../activities/job/reconciler.ts';
import type { ReconcilerWorld, RoundCounts } from '../../activities/job/reconciler-world.ts';
import { createTemporalDoor } from '../../activities/job/temporal-door.ts';
import { startWorker } from '../../activities/start-worker.ts';
import type { RunningWorker } from '../../activities/start-worker.ts';
import type { ActivityWorld } from '../../activities/world.ts';
import { asking } from '../../db/access/ask.ts';
import { createSigner } from '../../db/evidence/sign.ts';
import { createIds } from '../../db/ids.ts';
import { askForJob, cancelJob } from '../../db/job/ask-for-job.ts';
import type { JobAsker } from '../../db/job/ask-for-job.ts';
import { findJob } from '../../db/job/jobs.ts';
import { createPool } from '../../db/pool.ts';
import { openStore } from '../../db/store.ts';
import type { Store } from '../../db/store.ts';
import { createTenant } from '../../db/tenant/create-tenant.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import type { Job, JobRef } from '../../domain/job/job.ts';
import type { JobKind } from '../../domain/job/kinds.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { carriers } from '../../workflows/carriers.messages.ts';
import { bulkTaskQueue } from '../../workflows/job/bulk-queue.ts';
import { freshDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';
import { endsWithFile } from '../harness/ends-with-file.ts';
import { eventually } from '../harness/eventually.ts';
import { queryAsOwner } from '../harness/owner-query.ts';
import { testServers, testTemporal } from '../harness/published-servers.ts';

export interface JobInstallation {
  readonly namespace: string;
  readonly address: string;
  readonly database: TestDatabase;
  readonly store: Store;
  readonly world: ActivityWorld;
  readonly temporal: Client;
  makeTenant(tenantId: string): Promise<void>;
  ask(tenantId: string, kind?: JobKind): Promise<Job>;
  cancel(job: Job): Promise<Job>;
  read(job: JobRef): Promise<Job>;
  /** Waits until the job has come to where the check is true. */
  until(job: JobRef, check: (job: Job) => boolean): Promise<Job>;
  /** Ends with the installation. */
  work(): Promise<RunningWorker>;
  /** Each goes on where its last one got to, as a process of its own would. */
  rounds(): () => Promise<RoundOutcome>;
  /** As the owner. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  end(): Promise<void>;
}

const silent = pino({ level: 'silent' });
const clock = { nowMs: () => Date.now() };

/** On the run's Temporal server in a namespace of its own, unless another server is given with the database to work on. */
export async function startJobInstallation(given?: { readonly address: string; readonly database: TestDatabase }): Promise<JobInstallation> {
  const address = given?.address ?? testTemporal().address;
  const namespace = given === undefined ? `test-${randomBytes(6).toString('hex')}` : 'default';
  const database = given?.database ?? (await freshDatabase());
  const store = await openStore({ appUrl: database.appUrl, clock, onTrouble: () => undefined });
  const ids = createIds(clock);
  const filesDir = mkdtempSync(join(tmpdir(), 'holdfast-files-'));
  const signer = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const pruner = createPool({ url: database.prunerUrl, max: 2 });
  const steering = createPool({ url: database.appUrl, max: 4 });
  const copying = createPool({ url: database.appUrl, max: 2, pipelined: false });
  const world: ActivityWorld = { pool: store.pool, pruner, copying, clock, ids, signer, filesDir };
  const connection = Connection.lazy({ address });
  if (given === undefined) await makeNamespace(connection, namespace);
  const door = createTemporalDoor({ address, namespace });
  const reconcilerWorld: ReconcilerWorld = { pool: steering, clock, ids, log: silent, temporal: door, carriers };
  const workers: RunningWorker[] = [];
  const jobWorld = { effects: store.effects, clock, ids };

  async function read(ref: JobRef): Promise<Job> {
    const job = await inTenant(store.pool, ref.tenantId, (client) => findJob(asking(client), ref));
    if (job === null) throw new Error(`there is no job ${ref.id}`);
    return job;
  }

  return {
    namespace,
    address,
    database,
    store,
    world,
    temporal: new Client({ connection, namespace }),
    async makeTenant(tenantId) {
      await createTenant(jobWorld, { tenantId, name: tenantId, operator: null, requestId: null });
    },
    async ask(tenantId, kind = 'checkpoint') {
      return granted(await askForJob(jobWorld, operatorOf(tenantId), kind));
    },
    async cancel(job) {
      return granted(await cancelJob(jobWorld, operatorOf(job.tenantId), job.id));
    },
    read,
    until(ref, check) {
      return eventually(
        async () => {
          const job = await read(ref);
          if (!check(job)) throw new Error(`the job is ${JSON.stringify(job)}`);
          return job;
        },
        { limitMs: 40_000, everyMs: 25 },
      );
    },
    async work() {
      const bundle = { codePath: testServers().workflowBundle };
      const worker = await startWorker({ temporalAddress: address, namespace, world, log: silent, bundle, graceMs: 1_000 });
      workers.push(worker, await startWorker({ temporalAddress: address, namespace, world, log: silent, taskQueue: bulkTaskQueue, carries: 'activities', activitiesAtOnce: 2, graceMs: 1_000 }));
      return worker;
    },
    rounds: () => createRounds(reconcilerWorld, { roundMs: 20_000 }),
    sql: (text, values = []) => queryAsOwner(database, text, values),
    end: endsWithFile(async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await door.close();
      await connection.close();
      await Promise.all([store.close(), pruner.end(), copying.end(), steering.end()]);
      if (given === undefined) await database.drop();
      rmSync(filesDir, { recursive: true, force: true });
    }),
  };
}

/** What a round did, which must not have failed. */
export function done(outcome: RoundOutcome): RoundCounts {
  if (!outcome.ok) throw new Error(outcome.reason);
  if (outcome.counts.failures > 0) throw new Error(`${String(outcome.counts.failures)} failures in a round`);
  return outcome.counts;
}

function operatorOf(tenantId: string): JobAsker {
  const principal = {
    tenantId,
    userId: 'admin',
    scopes: new Set(['admin:*']),
    email: null,
    name: null,
    groups: [],
    sessionId: 'test',
    issuedAtSeconds: null,
    expiresAtSeconds: Number.MAX_SAFE_INTEGER,
    serviceAccount: null,
    idp: null,
    entities: null,
  };
  return { principal, requestId: 'test' };
}

function granted(answer: Awaited<ReturnType<typeof askForJob>>): Job {
  if (isRefusal(answer)) throw new Error(`refused: ${answer.code}`);
  return answer;
}

const retentionSeconds = 86_400;

async function makeNamespace(connection: Connection, namespace: string): Promise<void> {
  const seconds = retentionSeconds as unknown as Long; // the client's types know the number as a 64-bit object only
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds } });
}

type Long = NonNullable<NonNullable<Parameters<Connection['workflowService']['registerNamespace']>[0]['workflowExecutionRetentionPeriod']>['seconds']>;
