// `npm run worker`: carries the work that takes time, and keeps it in line with the rows that ask for it.
import { bundleWorkflows } from '../activities/bundle-workflows.ts';
import { startExportSweeper } from '../activities/export/sweeper.ts';
import { startReconciler } from '../activities/job/reconciler.ts';
import { createTemporalDoor } from '../activities/job/temporal-door.ts';
import { startSignaller } from '../activities/lockout/signaller.ts';
import { startWorker } from '../activities/start-worker.ts';
import { createModelDoor } from '../activities/summary/model-door.ts';
import { startSummarySweeper } from '../activities/summary/sweeper.ts';
import { publishKey } from '../db/evidence/keys.ts';
import { createSigner } from '../db/evidence/sign.ts';
import { createIds } from '../db/ids.ts';
import { createPool } from '../db/pool.ts';
import { carriers } from '../workflows/carriers.messages.ts';
import { bulkTaskQueue } from '../workflows/job/bulk-queue.ts';
import { lockoutTaskQueue } from '../workflows/lockout/lockout.messages.ts';
import { egressTaskQueue } from '../workflows/summary/event-summary.messages.ts';
import { createLogger } from './logger.ts';
import { configureOrExit, joinOrExit } from './root/configure.ts';
import { createLockoutTeller } from './root/lockout-teller.ts';
import { serveUntilStopped } from './root/serve-until-stopped.ts';
import type { Serving } from './root/serve-until-stopped.ts';

const configuration = configureOrExit();
// What the API needs is asked for here as well: an installation that lacks a part should not come up by half.
const { appUrl, prunerUrl, evidenceKeyPem, filesDir, temporalAddress, temporalNamespace } = joinOrExit(configuration, [
  'appUrl',
  'prunerUrl',
  'cursorSecret',
  'evidenceKeyPem',
  'filesDir',
  'temporalAddress',
  'tokenTrust',
]);
const log = createLogger({ service: 'worker', level: configuration.logLevel });
const clock = { nowMs: () => Date.now() };
const bulkAtOnce = 2;

await serveUntilStopped({ logger: log, stopLimitMs: 18_000, start });

async function start(): Promise<Serving> {
  const pool = createPool({
    url: appUrl,
    name: 'holdfast-worker',
    max: 20,
    onError: (error) => {
      log.warn({ err: error }, 'a connection to the database broke');
    },
  });
  // Two batches of a run side by side, and another run: removing must not crowd out anybody.
  const pruner = createPool({
    url: prunerUrl,
    name: 'holdfast-pruner',
    max: 4,
    onError: (error) => {
      log.warn({ err: error }, 'a connection of the pruner broke');
    },
  });
  // As many as there are exports at once.
  const copying = createPool({
    url: appUrl,
    name: 'holdfast-copying',
    max: bulkAtOnce,
    pipelined: false,
    onError: (error) => {
      log.warn({ err: error }, 'a connection that copies rows broke');
    },
  });
  // Whoever looks after the work must not wait behind it.
  const steering = createPool({
    url: appUrl,
    name: 'holdfast-steering',
    max: 4,
    onError: (error) => {
      log.warn({ err: error }, 'a connection to the database broke');
    },
  });
  const signer = createSigner(evidenceKeyPem);
  // Whoever is handed the first checkpoint must find the key already.
  await publishKey(pool, signer.key);
  const ids = createIds(clock);
  const model = configuration.model === null ? null : createModelDoor({ ...configuration.model, allowed: configuration.egressAllow, clock });
  const carrying = { temporalAddress, namespace: temporalNamespace, world: { pool, pruner, copying, clock, ids, signer, filesDir, retentionBatch: configuration.retentionBatch, ...(model === null ? {} : { model }) }, log, bundle: await bundleWorkflows() };
  // Lockouts have a queue of their own: a flood of them holds up nothing else. So have calls that leave the house, which hold no connection while they wait; and exports and removals, which take minutes or hours.
  const workers = await Promise.all([startWorker(carrying), startWorker({ ...carrying, taskQueue: lockoutTaskQueue, activitiesAtOnce: 6 }), startWorker({ ...carrying, taskQueue: egressTaskQueue, carries: 'activities', activitiesAtOnce: 8 }), startWorker({ ...carrying, taskQueue: bulkTaskQueue, carries: 'activities', activitiesAtOnce: bulkAtOnce })]);
  const temporal = createTemporalDoor({ address: temporalAddress, namespace: temporalNamespace });
  const reconciler = startReconciler({ pool: steering, clock, ids, log, temporal, carriers });
  const teller = createLockoutTeller({ address: temporalAddress, namespace: temporalNamespace });
  const signaller = startSignaller({ pool: steering, ids, log, tellLockout: teller.tellLockout });
  const sweepers = [startSummarySweeper({ pool: steering, log }), startExportSweeper({ pool: steering, clock, log })];
  return {
    url: null,
    async stop() {
      // Side by side: each has its own limit, and together they must stay within that of the process.
      await Promise.all([...workers.map((worker) => worker.stop()), reconciler.stop().then(() => temporal.close()), signaller.stop().then(() => teller.close()), ...sweepers.map((sweeper) => sweeper.stop())]);
      await Promise.all([pool.end(), pruner.end(), copying.end(), steering.end()]);
    },
  };
}
